// One stop: why and where, readable before arriving; the name and the debts only after the identity step.

import { button, element, fill } from "../shared/dom.js";
import { has, t } from "../shared/texts.js";
import { Refused, Unreachable } from "./calls.js";
import { aheadOn, stopOf } from "./day.js";
import { reported } from "./outbox.js";
import { navigateLink } from "./route_view.js";
import { authorised, SignedOut } from "./session.js";
import { dayInWords } from "./when.js";

// While somebody stands at the door, nothing is drawn again under the fingers.
export let still = false;

export function draw(id) {
  const stop = stopOf(id);
  still = stop !== undefined;
  if (!stop) return { title: t("route.title"), head: header(""), body: [element("p", { class: "note" }, t("stop.gone"))] };
  const door = element("div", { id: "identity" });
  fill(door, question(stop, door));
  const later = aheadOn(id);
  const entry = later ? undefined : reported(stop);
  return {
    title: t("stop.title", { order: stop.order }),
    head: header(stop.order, stop.village.name, later ? `#day/${later}` : "#route"),
    body: [
      element(
        "div", {},
        element("p", { class: "who" }, stop.visit.name),
        element("p", {}, [stop.village.town, stop.village.name, stop.visit.door].filter(Boolean).join(" · ")),
        element("p", { class: "small" }, t("stop.arrival", { from: stop.arrival, to: stop.leave, minutes: stop.visit.minutes })),
      ),
      stop.visit.reasons.length > 0 && element(
        "section", {}, element("h2", {}, t(later ? "stop.why.later" : "stop.why")),
        element("ul", { class: "reasons" }, stop.visit.reasons.map((reason) => element("li", {}, reason))),
      ),
      has(`stop.precision.${stop.visit.precision}`) && element("p", { class: "note" }, t(`stop.precision.${stop.visit.precision}`, { town: stop.village.town })),
      navigateLink(stop),
      later
        ? element("p", { class: "note" }, t("stop.later", { day: dayInWords(later) }))
        : element("section", { class: "card" }, element("h2", {}, t("stop.door")), door),
      entry && element("p", { class: "note" }, t("stop.recorded", { what: t(`kind.${entry.kind}`) })),
      !later && element("div", { class: "bottom" }, element(
        "a", { href: `#outcome/${stop.id}`, class: "button main" }, entry ? t("stop.change") : t("stop.record"),
      )),
    ],
    // What was shown at this door is not left behind on the screen's way to the next.
    onLeave: () => fill(door),
  };
}

export function header(order, village = "", back = "#route", title = t("route.title")) {
  return element(
    "div", { class: "crumb" },
    element("a", { href: back, class: "button plain", "aria-label": t("back") }, "‹"),
    element("h1", { tabindex: "-1" }, order === "" ? title : t("stop.title", { order })),
    village && element("span", {}, village),
  );
}

function question(stop, door) {
  const answer = element("p", { role: "status" });
  const yes = button(t("stop.yes"), () => details(stop, door), { class: "main", id: "yes" });
  const no = button(t("stop.no"), () => fill(answer, t("stop.not")), { id: "no" });
  return [
    element(
      "ol", { class: "steps" },
      element("li", {}, t("stop.card")),
      element("li", {}, t("stop.ask", { name: stop.visit.name }), element("div", { class: "pair" }, no, yes)),
    ),
    answer,
    element("p", { class: "small" }, t("stop.after")),
  ];
}

async function details(stop, door) {
  fill(door, element("p", { role: "status" }, t("stop.asking")));
  try {
    const { body } = await authorised("GET", `/api/v1/field/stops/${encodeURIComponent(stop.id)}/details`);
    // The answer may come when the person has already gone on.
    if (door.isConnected) fill(door, revealed(body, stop, door));
  } catch (error) {
    if (error instanceof SignedOut) return;
    const words = error instanceof Unreachable ? t(`trouble.${error.why}`) : error.message;
    if (!(error instanceof Unreachable || error instanceof Refused)) throw error;
    fill(door, element("p", { role: "alert" }, words), button(t("stop.again"), () => details(stop, door), { id: "again" }));
    document.getElementById("again")?.focus({ preventScroll: true });
  }
}

function revealed(body, stop, door) {
  const accounts = body.accounts ?? [];
  return [
    element("h3", { tabindex: "-1", id: "name" }, body.name),
    (body.phones ?? []).map((number) => element(
      "a", { href: `tel:${number.replace(/[^\d+]/g, "")}`, class: "button" }, t("stop.call", { number }),
    )),
    element("h3", {}, t("stop.accounts")),
    accounts.length === 0 && element("p", {}, t("stop.noaccounts")),
    accounts.map(account),
    button(t("stop.hide"), () => fill(door, question(stop, door)), { id: "hide" }),
  ];
}

function account(facts) {
  return element("dl", {}, ["loan", "outstanding", "due_date"].filter((key) => facts[key]).map((key) => [
    element("dt", {}, t(`account.${key}`)), element("dd", {}, facts[key]),
  ]));
}
