// Today's route: the next door is the biggest thing; the rest stands under its villages; what is done folds away.

import { button, element } from "../shared/dom.js";
import { has, t, tn } from "../shared/texts.js";
import { changeSeen, day, daysAhead, fetchDay, fetchedAt, lastChange } from "./day.js";
import { trouble } from "./network.js";
import { reported } from "./outbox.js";
import { dayInWords, momentInWords, today } from "./when.js";

const outcomeOf = reported;

export function draw() {
  const now = day();
  const stops = now?.stops ?? [];
  const done = stops.filter(outcomeOf);
  const open = stops.filter((stop) => !outcomeOf(stop));
  return {
    title: t("route.title"),
    head: heading(stops.length, done.length),
    body: now === undefined ? [unknown()] : [
      changeBanner(),
      stops.length > 0 && asOf(fetchedAt()),
      stops.length === 0 && none(),
      open.length > 0 && nextCard(open[0]),
      open.length > 0 && element("p", {}, element("a", { href: "#rest", id: "rest", class: "button" }, t("rest.open"))),
      stops.length > 0 && open.length === 0 && allDone(now),
      ...villages(now, open.slice(1)),
      done.length > 0 && doneList(done),
      ahead(),
    ],
  };
}

function heading(of, done) {
  return element(
    "div", { class: "day" },
    element("h1", { tabindex: "-1" }, dayInWords(today())),
    of > 0 && element("span", { class: "count", "aria-hidden": "true" }, `${done}/${of}`),
    of > 0 && element("progress", { max: of, value: done, "aria-label": t("route.progress", { done, of }) }),
  );
}

/** Return a note of when a route was fetched while nobody can be asked how it is now, else null. */
export const asOf = (moment) => (trouble() && moment
  ? element("p", { class: "note" }, t("route.copy", { time: momentInWords(moment) })) : null);

/** Return the days ahead whose routes are at hand, but for one, as links; null if there are none. */
export function ahead(except = null) {
  const dates = daysAhead().filter((date) => date !== except);
  return dates.length > 0 && element(
    "section", { class: "ahead", "aria-labelledby": "ahead" },
    element("h2", { id: "ahead" }, t("route.ahead")),
    element("ul", {}, dates.map((date) => element("li", {}, element(
      "a", { href: `#day/${date}`, class: "stop" },
      element("span", { class: "door" }, dayInWords(date)),
      element("span", { class: "what" }, tn("route.stops", day(date).stops.length)),
      element("span", { class: "on", "aria-hidden": "true" }, "›"),
    )))),
  );
}

const unknown = () => element(
  "p", { class: "note" }, has(`trouble.${trouble()}`) ? t(`trouble.${trouble()}`) : t("state.loading"),
);

function none() {
  return element(
    "section", { class: "card" },
    element("h2", {}, t("route.none")),
    element("p", {}, t("route.none.why")),
    button(t("route.look"), fetchDay, { id: "look" }),
  );
}

function allDone(now) {
  const place = now.to_place?.name;
  return element(
    "section", { class: "card" },
    element("h2", {}, t("route.all", { n: now.stops.length })),
    place && element("p", {}, t("route.home", { place })),
  );
}

function nextCard(stop) {
  return element(
    "section", { class: "card next", "aria-labelledby": "next" },
    element("p", { class: "when" }, `${t("route.next")} · ${stop.arrival}`),
    element(
      "h2", { id: "next" }, element("span", { class: "order" }, String(stop.order)),
      element("span", {}, stop.village.name, element("span", { class: "door" }, stop.visit.door)),
    ),
    leg(stop) && element("p", { class: "leg" }, leg(stop)),
    element(
      "div", { class: "pair" },
      navigateLink(stop) ?? element("p", { class: "small ask" }, asking(stop)),
      element("a", { href: `#stop/${stop.id}`, id: "start", class: "button main" }, t("route.start")),
    ),
  );
}

const asking = (stop) => (stop.visit.precision === "town" ? t("route.ask.town", { town: stop.village.town }) : t("route.ask"));

/** Return the way from the stop before, in words; empty where the plan does not say. */
function leg(stop) {
  if (stop.drive_min === undefined) return "";
  // To a village that is planned by its town the time holds the search, the kilometres would not.
  if (stop.km === undefined || stop.visit.precision === "town") return t("route.leg.time", { minutes: stop.drive_min });
  if (stop.km < 0.1) return t("route.leg.near", { minutes: stop.drive_min });
  return t("route.leg", { minutes: stop.drive_min, km: stop.km.toFixed(1) });
}

/** Return the link that opens the phone's map app: what the service gave, if it is a link to a map at all. */
export function navigateLink(stop) {
  const target = stop.visit.navigate;
  if (!target || !/^(geo:|https:\/\/)/.test(target)) return null;
  const outside = target.startsWith("https:") ? { target: "_blank", rel: "noopener noreferrer" } : {};
  return element("a", { href: target, class: "button", ...outside }, t("route.navigate"));
}

/** Return stops of a route under their villages, with its break. */
export function villages(route, stops) {
  const pause = route.rest && route.stops.find((stop) => stop.arrival >= route.rest.start)?.id;
  return villagesOf(stops).map((group) => village(group, (stop) => stop.id === pause && rest(route.rest)));
}

// In the order of the route; a village that is entered twice stands there twice.
function villagesOf(stops) {
  const groups = [];
  for (const stop of stops) {
    const last = groups.at(-1);
    if (last && last.village.id === stop.village.id) last.stops.push(stop);
    else groups.push({ village: stop.village, stops: [stop] });
  }
  return groups;
}

function village({ village: place, stops }, before) {
  return element(
    "section", { class: "village" },
    element(
      "h2", {}, element("span", {}, place.name),
      element("span", { class: "count" }, tn("route.stops", stops.length)),
    ),
    element("ol", {}, stops.map((stop) => [before(stop), row(stop)])),
  );
}

const rest = (found) => element("li", { class: "rest" }, t("route.rest", found));

function row(stop) {
  return element(
    "li", {},
    element(
      "a", { href: `#stop/${stop.id}`, id: `stop-${stop.id}`, class: "stop" },
      element("span", { class: "order" }, String(stop.order)),
      element("span", { class: "time" }, stop.arrival),
      element("span", { class: "door" }, stop.visit.door || stop.visit.name),
    ),
  );
}

function doneList(done) {
  return element(
    "details", { class: "done", id: "done", open: document.getElementById("done")?.open ?? false },
    element("summary", {}, `${t("route.done")} · ${done.length}`),
    element("ol", {}, done.map((stop) => {
      const entry = outcomeOf(stop);
      return element(
        "li", {},
        element(
          "a", { href: `#stop/${stop.id}`, class: "stop" },
          element("span", { class: "order" }, String(stop.order)),
          element("span", { class: "door" }, `${stop.village.name}, ${stop.visit.door}`),
          element("span", { class: "what" }, `${t(`kind.${entry.kind}`)} · ${t(`report.${entry.state}`)}`),
        ),
      );
    })),
  );
}

function changeBanner() {
  const change = lastChange();
  if (!change || !(change.added.length + change.removed.length + change.moved.length)) return null;
  const named = (stops) => stops.map((stop) => `${stop.village.name} ${stop.visit.door}`.trim()).join(t("list.comma"));
  const line = (what) => change[what].length > 0 && element("p", {}, t(`route.changed.${what}`, { stops: named(change[what]) }));
  return element(
    "section", { class: "note" },
    element("p", {}, t("route.changed", {
      added: change.added.length, removed: change.removed.length, moved: change.moved.length,
    })),
    element(
      "details", {}, element("summary", {}, t("route.changed.more")),
      line("added"), line("removed"), line("moved"),
    ),
    button(t("close"), changeSeen, { id: "seen" }),
  );
}
