// What a change would do, shown beside the button that does it.
import { badge } from "./badge.js";
import { page } from "./address.js";
import { h } from "./dom.js";
import { duration, number, say } from "./words.js";

/** The impact of a reassignment or rotation; `territories` and `plans` are maps by id. */
export function impactNodes(impact, territories, plans = new Map()) {
  return h("section", { class: "impact", "aria-label": say("impact_title") },
    h("h3", {}, say("impact_title")),
    figures(impact, plans),
    impact.territories.length ? territoryTable(impact.territories, territories) : h("p", {}, say("impact_nothing")),
    impact.warnings.length > 0 && h("ul", { class: "warnings" },
      impact.warnings.map((warning) => h("li", {}, h("span", { "aria-hidden": "true" }, "⚠ "), warning.message))),
    h("p", { class: "hint" }, say("impact_estimate")));
}

function figures(impact, plans) {
  const touched = impact.plans_touched.map((id, index) => [
    index > 0 && ", ",
    h("a", { href: page("plans", { plan: id }) }, plans.has(id) ? `#${plans.get(id).version}` : say("plan")),
  ]);
  return h("dl", { class: "figures small" },
    figure("impact_households", number(impact.households)),
    figure("impact_plans", touched.length ? touched : say("none")),
    impact.stops_withdrawn > 0 && figure("impact_withdrawn", number(impact.stops_withdrawn)),
    impact.shifts_changed > 0 && figure("impact_shifts", number(impact.shifts_changed)),
    impact.deadlines_at_risk.length > 0 && figure("impact_deadlines", number(impact.deadlines_at_risk.length)));
}

const figure = (key, value) => h("div", {}, h("dt", {}, say(key)), h("dd", {}, value));

function territoryTable(impacts, territories) {
  return h("div", { class: "scroll" }, h("table", { class: "compact" },
    h("thead", {}, h("tr", {},
      ["territory", "households", "impact_work", "impact_leader"].map((key, index) =>
        h("th", { scope: "col", class: index > 0 && index < 3 ? "numeric" : null }, say(key))))),
    h("tbody", {}, impacts.map((one) => h("tr", {},
      h("th", { scope: "row" }, h("span", { class: "with-badge" },
        badge(territories.get(one.id)), one.name ?? territories.get(one.id)?.name)),
      h("td", { class: "numeric tight" }, `${number(one.households_before)} → ${number(one.households_after)}`),
      h("td", { class: "numeric" }, h("span", { class: "tight" }, `${duration(one.minutes_before)} →`), " ",
        h("span", { class: "tight" }, duration(one.minutes_after)),
        h("strong", { class: "block tight" }, difference(one.minutes_after - one.minutes_before))),
      h("td", {}, leaderText(one)))))));
}

/** Minutes gained or lost, with their sign. */
function difference(minutes) {
  if (minutes === 0) return say("impact_same");
  return `${minutes < 0 ? "−" : "+"}${duration(Math.abs(minutes))}`;
}

function leaderText(one) {
  if (one.leader_familiar === null) return h("strong", { class: "bad" }, say("impact_no_leader"));
  const text = say(one.leader_familiar ? "yes" : "no");
  const before = one.leader_familiar_before;
  const changed = before !== undefined && before !== null && before !== one.leader_familiar;
  return h(one.leader_familiar ? "span" : "strong", { class: one.leader_familiar ? null : "bad" },
    changed ? `${say(before ? "yes" : "no")} → ${text}` : text);
}
