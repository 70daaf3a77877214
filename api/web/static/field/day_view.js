// A day ahead: read and prepared for, not worked. What happens at a door is recorded on the day itself.

import { element } from "../shared/dom.js";
import { t, tn } from "../shared/texts.js";
import { day, fetchedAt } from "./day.js";
import { ahead, asOf, villages } from "./route_view.js";
import { dayInWords } from "./when.js";

export function draw(date) {
  const found = day(date);
  return {
    title: found ? dayInWords(date) : t("route.title"),
    head: header(found && date),
    body: found ? [
      element("p", { class: "note" }, t("day.lead")),
      asOf(fetchedAt(date)),
      begin(found),
      ...villages(found, found.stops),
      element("a", { href: `#map/${date}`, class: "button" }, t("map.title")),
      ahead(date),
    ] : [element("p", { class: "note" }, t("day.gone")), ahead()],
  };
}

function header(date) {
  return element(
    "div", { class: "crumb" },
    element("a", { href: "#route", class: "button plain", "aria-label": t("back") }, "‹"),
    element("h1", { tabindex: "-1" }, date ? dayInWords(date) : t("route.ahead")),
    date && element("span", {}, tn("route.stops", day(date).stops.length)),
  );
}

function begin({ start, end, from_place: from }) {
  if (!start) return null;
  const place = from?.name;
  return element("p", {}, place ? t("day.from", { start, end, place }) : t("day.times", { start, end }));
}
