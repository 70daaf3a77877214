// Work per team and day on one scale: at doors, driving, walking, the rest. A table whose last column draws it.
import { h, svg } from "./dom.js";
import { between, duration, number, say } from "./words.js";

const PARTS = ["at_visits", "drive", "walk", "other_time"];

/** Minutes of a route by kind. */
export function workOf(route) {
  const stops = route.stops.filter((stop) => !stop.withdrawn);
  const doors = stops.reduce((sum, stop) => sum + between(stop.arrival, stop.leave), 0);
  const whole = between(route.start, route.end);
  const work = { at_visits: doors, drive: route.drive_min, walk: route.walk_min };
  return { ...work, other_time: Math.max(0, whole - doors - route.drive_min - route.walk_min), whole, stops: stops.length };
}

/** The comparison of these routes; `link(route)` is where a team's name leads. */
export function workBars(routes, caption, link) {
  const works = routes.map(workOf);
  const most = Math.max(1, ...works.map((work) => work.whole));
  return h("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": caption }, h("table", { class: "bars" },
    h("caption", {}, caption),
    h("thead", {}, h("tr", {},
      h("th", { scope: "col" }, say("team")), h("th", { scope: "col", class: "numeric" }, say("stops")),
      PARTS.map((part) => h("th", { scope: "col", class: "numeric" }, h("span", { class: `key ${part}`, "aria-hidden": "true" }), say(part))),
      h("th", { scope: "col", class: "numeric" }, say("whole_day")),
      h("th", { scope: "col", class: "bar-cell" }, say("same_scale", { n: duration(most) })))),
    h("tbody", {}, routes.map((route, index) => barRow(route, works[index], most, link)))));
}

function barRow(route, work, most, link) {
  return h("tr", {},
    h("th", { scope: "row" }, h("a", { href: link(route) }, route.team_name)),
    h("td", { class: "numeric" }, number(work.stops)),
    PARTS.map((part) => h("td", { class: "numeric" }, duration(work[part]))),
    h("td", { class: "numeric" }, duration(work.whole)),
    h("td", { class: "bar-cell" }, bar(work, most)));
}

function bar(work, most) {
  let left = 0;
  const pieces = PARTS.map((part) => {
    const width = (work[part] / most) * 100;
    const piece = svg("rect", { class: part, x: `${left}%`, y: 0, width: `${width}%`, height: "100%" });
    left += width;
    return piece;
  });
  return svg("svg", { class: "bar", "aria-hidden": "true", focusable: "false" }, pieces);
}
