// One plan: what it is, what can be done with it, its routes, and what it left out.
import { page, remember, wish } from "./address.js";
import { badge } from "./badge.js";
import { all, get } from "./client.js";
import { h } from "./dom.js";
import { chosenDay, dayPicker, publishing } from "./plan_days.js";
import { figuresNodes, isUnderWay, progressNodes, statusNode } from "./plan_parts.js";
import { changesSince, whatItTakes } from "./plan_questions.js";
import { restOfDay } from "./plan_rest.js";
import { byKey, fullName, nameOf, rows, territories } from "./rows.js";
import { show } from "./shell.js";
import { table } from "./table.js";
import { day, moment, number, say, sayOr, worth } from "./words.js";
import { workBars } from "./work_bars.js";

/** The nodes of a plan. `actions`: publish, cancel, again – each takes the button and the plan; replanned(plan). */
export async function planNodes(plan, actions) {
  const head = h("p", { class: "lead" }, statusNode(plan.status),
    plan.published_at && ` · ${say("published_at", { at: moment(plan.published_at) })}`);
  if (isUnderWay(plan)) return [head, progressNodes(plan), await underWay(plan), button("cancel", actions.cancel, plan)];
  if (plan.status === "failed") {
    return [head, h("p", { class: "notice error" }, say("failed_because", { why: plan.error ?? "–" })), button("draw_again", actions.again, plan)];
  }
  if (plan.status === "cancelled") return [head, button("draw_again", actions.again, plan)];
  const [known, people, teams, villages] = await Promise.all([territories(), rows("people"), rows("teams"), rows("villages")]);
  const names = { territories: byKey(known), people: byKey(people), teams: byKey(teams), villages: byKey(villages) };
  const first = await routesOf(plan, chosenDay(plan));
  const offer = await publishing(plan, (pressed, until) => actions.publish(pressed, plan, until));
  return [head, offer, figures(plan), roadsOf(plan, names), leftOutTeams(plan, names), routes(plan, first, names, actions), await changesSince(plan), unplanned(plan, names)];
}

/** How far each territory is that is being solved at the moment. */
async function underWay(plan) {
  const found = plan.progress.under_way ?? [];
  if (!found.length) return null;
  const known = byKey(await territories());
  return h("ul", { class: "plain" }, found.map((one) => h("li", {}, badge(known.get(one.territory)), " ", nameOf(known, one.territory),
    ` · ${number(one.percent)} % · `, say("progress_value", { value: worth(one.value) }))));
}

const button = (key, action, plan) =>
  h("p", {}, h("button", { type: "button", onclick: (event) => action(event.currentTarget, plan) }, say(key)));

const figures = (plan) => figuresNodes(plan.figures, { planned: "#routes", teams: "#routes", unplanned: "#unplanned" });

function leftOutTeams(plan, names) {
  const left = plan.teams_left_out ?? [];
  if (!left.length) return null;
  return h("section", { id: "left-out" }, h("h3", {}, say("teams_left_out")), h("ul", {}, left.map((one) =>
    h("li", {}, h("strong", {}, nameOf(names.teams, one.team)), plan.from !== plan.to && `, ${day(one.date)}`, ": ", one.reason))));
}

function roadsOf(plan, names) {
  const notes = plan.travel_notes ?? [];
  const by = plan.rules.roads ? say("roads_by", { roads: plan.rules.roads }) : say("roads_none");
  if (!notes.length) return h("p", { class: "soft", id: "roads" }, by);
  return h("section", { id: "roads" }, h("h3", {}, say("roads")), h("p", { class: "soft" }, by), h("ul", {}, notes.map((one) =>
    h("li", {}, h("strong", {}, nameOf(names.territories, one.territory)), ": ", one.note))));
}

// --- routes -----------------------------------------------------------------------------------------------

const routesOf = async (plan, iso) => (await get(`plans/${plan.id}`, { date: iso })).routes;

/** The routes of one day; another day is fetched when it is chosen. */
function routes(plan, found, names, actions) {
  const nodes = (iso, those) => [restOfDay(plan, iso, those, names, actions.replanned), dayNodes(plan, those, names)];
  const box = h("div", {}, nodes(chosenDay(plan), found));
  const picker = dayPicker(plan, (iso) => show(box, async () => nodes(iso, await routesOf(plan, iso))));
  return h("section", { id: "routes" }, h("h3", {}, say("routes")), picker, box);
}

function dayNodes(plan, found, names) {
  if (!found.length) return h("p", { class: "empty" }, say("routes_empty"));
  return [workBars(found, say("routes_caption"), (route) => `#team-${route.team}`), found.map((route) => routeNodes(route, names, plan))];
}

function routeNodes(route, names, plan) {
  const people = route.people.map((id) => nameOf(names.people, id)).join(", ");
  return h("details", { id: `team-${route.team}`, class: "route" },
    h("summary", {}, badge(names.territories.get(route.territory)), " ",
      say("route_title", { team: route.team_name, start: route.start, end: route.end }),
      h("span", { class: "soft" }, ` · ${people}`, route.rest_start && ` · ${say("route_rest", { at: route.rest_start })}`)),
    h("p", {}, h("a", { href: page("map", { plan: plan.id, on: route.date, team: route.team }) }, say("route_on_map"))),
    table({ name: `stops-${route.team.slice(-4)}`, columns: stopColumns(names), rows: route.stops,
      caption: say("route_caption", { team: route.team_name }), mark: (stop) => stop.withdrawn && "withdrawn" }));
}

const villageOf = (row, names) => fullName(names.villages.get(row.village)) || row.village_name;

const stopColumns = (names) => [
  { key: "order", title: say("stop_order"), value: (stop) => stop.order },
  { key: "arrival", title: say("stop_time"), tight: true, cell: (stop) => `${stop.arrival}–${stop.leave}` },
  { key: "village", title: say("stop_village"), tight: true, value: (stop) => villageOf(stop, names) },
  { key: "name", title: say("stop_name"), tight: true },
  { key: "value", title: say("stop_value"), numeric: true, value: (stop) => Number(stop.value), cell: (stop) => worth(stop.value) },
  { key: "reasons", title: say("stop_reasons"), value: (stop) => stop.reasons.join(" "),
    cell: (stop) => [stop.withdrawn && h("strong", { class: "bad" }, say("stop_withdrawn"), ". "), stop.reasons.join(" ")] },
];

// --- left out ---------------------------------------------------------------------------------------------

function unplanned(plan, names) {
  const box = h("div");
  show(box, async () => {
    const found = await all(`plans/${plan.id}/unplanned`);
    return found.length ? unplannedNodes(plan, found, names) : h("p", { class: "empty" }, say("unplanned_empty"));
  });
  return h("section", { id: "unplanned" }, h("h3", {}, say("unplanned")), box);
}

function unplannedNodes(plan, found, names) {
  const box = h("div");
  const codes = new Map();
  for (const one of found) codes.set(one.code, (codes.get(one.code) ?? 0) + 1);
  const options = [...codes].sort((a, b) => b[1] - a[1]).map(([code, count]) => [code, `${number(count)} · ${sayOr(`left_${code}`, code)}`]);
  const held = new Set(found.map((one) => one.territory).filter(Boolean));
  const lands = [...names.territories.values()].filter((one) => held.has(one.id)).map((one) => [one.id, one.name]);
  const draw = () => box.replaceChildren(unplannedTable(
    plan, found.filter((one) => fits(one.code, wish("code")) && fits(one.territory, wish("territory"))), names));
  draw();
  return [h("div", { class: "filters" }, choice("code", say("unplanned_reasons"), options, draw),
    choice("territory", say("territory"), lands, draw)), box];
}

const fits = (value, wanted) => !wanted || value === wanted;

function choice(parameter, label, options, draw) {
  const select = h("select", {}, h("option", { value: "" }, say("all")), options.map(([value, text]) => h("option", { value }, text)));
  select.value = wish(parameter);
  select.addEventListener("change", () => { remember({ [parameter]: select.value }); draw(); });
  return h("label", {}, label, " ", select);
}

function unplannedTable(plan, found, names) {
  const columns = [
    { key: "name", title: say("stop_name"), tight: true },
    { key: "village", title: say("stop_village"), tight: true, value: (one) => villageOf(one, names) },
    { key: "territory", title: say("territory"), tight: true, value: (one) => nameOf(names.territories, one.territory) },
    { key: "value", title: say("stop_value"), numeric: true, value: (one) => Number(one.value), cell: (one) => worth(one.value) },
    { key: "reason", title: say("unplanned_why"), cell: (one) => [one.reason, " ", whatItTakes(plan, one)] },
    { key: "wanted", title: say("unplanned_wanted"), value: (one) => one.wanted_because.join(" ") },
  ];
  return table({ name: "left", columns, rows: found, caption: say("unplanned_caption"), sort: "-value", filter: true,
    empty: h("p", {}, say("unplanned_empty")) });
}
