// Map and territories: look, choose a village, see what a change would do, make it.
import { remember, wish } from "./address.js";
import { all, get } from "./client.js";
import { territoryLabel } from "./badge.js";
import { byId, fill, h } from "./dom.js";
import { groupsNow } from "./groups.js";
import { chosenDay, daysOf, isPublished, span } from "./plan_days.js";
import { clearDraft, drawRoutes, drawVillages, fit, makeMap, markChosen } from "./map_layers.js";
import { unplacedNodes } from "./map_place.js";
import { swapNodes, territoriesNodes, villageNodes } from "./map_panel.js";
import { byKey, forget, fullName, rows, territories } from "./rows.js";
import { show, tell } from "./shell.js";
import { table } from "./table.js";
import { day, number, say, setting } from "./words.js";

const view = makeMap(byId("map"));
const KEY = byId("map-hint").textContent; // what the marks mean
let data = null;

async function load() {
  const [lands, villages, people, plans, groups] = await Promise.all([
    territories(), rows("villages"), rows("people"), all("plans", { status: "published" }), groupsNow(),
  ]);
  data = { territories: byKey(lands), villages, people: byKey(people), plans: byKey(plans), ...groups, stopsByVillage: new Map() };
}

// --- routes ---------------------------------------------------------------------------------------------

async function offerPlans() {
  const chosen = wish("plan");
  const found = [...data.plans.values()];
  if (chosen && chosen !== "none" && !data.plans.has(chosen)) found.unshift(await get(`plans/${chosen}`));
  const select = byId("plan");
  select.append(...found.slice(0, 50).map((plan) => h("option", { value: plan.id },
    say("plan_option", { version: plan.version, day: span(plan), status: say(`status_${plan.status}`) }))));
  for (const plan of found) data.plans.set(plan.id, plan);
  const today = found.find((plan) => isPublished(plan, setting.today));
  select.value = chosen === "none" ? "" : chosen || today?.id || "";
  select.addEventListener("change", () => {
    remember({ plan: select.value || "none", on: "", team: "" });
    showRoutes();
  });
  byId("day").addEventListener("change", () => { remember({ on: byId("day").value }); showRoutes(); });
  byId("team").addEventListener("change", () => { remember({ team: byId("team").value }); showRoutes(); });
}

const isIn = (plan, iso) => plan.from <= iso && iso <= plan.to;

/** The days of a plan of several; a plan of one day needs no choice. */
function offerDays(plan, on) {
  byId("day").closest("label").hidden = !plan || plan.from === plan.to;
  fill(byId("day"), (plan ? daysOf(plan) : []).map((iso) => h("option", { value: iso }, day(iso))));
  byId("day").value = on ?? "";
}

async function showRoutes() {
  const id = byId("plan").value;
  const plan = data.plans.get(id);
  const on = plan && (wish("on") || !isIn(plan, setting.today) ? chosenDay(plan) : setting.today);
  offerDays(plan, on);
  const routes = plan ? (await get(`plans/${id}`, { date: on })).routes : [];
  const teams = byId("team");
  fill(teams, teams.options[0], routes.map((route) => h("option", { value: route.team }, route.team_name)));
  teams.value = wish("team");
  if (teams.selectedIndex < 0) teams.value = "";
  data.stopsByVillage = new Map();
  for (const stop of routes.flatMap((route) => route.stops)) {
    if (!stop.withdrawn) data.stopsByVillage.set(stop.village, (data.stopsByVillage.get(stop.village) ?? 0) + 1);
  }
  const shown = routes.filter((route) => !teams.value || route.team === teams.value);
  drawRoutes(view, shown, data.territories);
  const byTown = shown.flatMap((route) => route.stops).filter((stop) => !stop.withdrawn && stop.lat === null).length;
  byId("map-by-town").textContent = byTown ? say("map_by_town", { n: number(byTown) }) : "";
}

// --- villages -------------------------------------------------------------------------------------------

function chooseVillage(village) {
  remember({ village: village.id });
  showPanel();
  showVillages();
  byId("panel-heading").focus({ preventScroll: true });
  bringIntoView(byId("panel-heading"));
}

// A village is chosen far down in the table, and what was chosen stands at the top.
function bringIntoView(element) {
  const { top, bottom } = element.getBoundingClientRect();
  if (top < 0 || bottom > window.innerHeight) element.scrollIntoView({ block: "start" });
}

function chooseTerritory(territory) {
  byId("territory").value = territory.id;
  remember({ territory: territory.id });
  showVillages();
  fit(view, data.villages.filter((village) => village.territory === territory.id));
}

function showPanel() {
  const village = data.villages.find((one) => one.id === wish("village"));
  markChosen(view, village?.id);
  clearDraft(view);
  view.placing = null;
  byId("panel-heading").textContent = village ? fullName(village) : say("territories");
  fill(byId("panel"), village
    ? villageNodes(village, data, view, { back: () => { remember({ village: "" }); showPanel(); showVillages(); }, changed, choose: chooseVillage })
    : [unplacedNodes(data.villages, chooseVillage), territoriesNodes(data, chooseTerritory), data.people.size > 1 && swapNodes(data, changed)]);
}

async function changed(message) {
  tell(message);
  forget();
  await load();
  await draw();
  bringIntoView(byId("notice"));
}

function showVillages() {
  const only = byId("only").value;
  const territory = byId("territory").value;
  const shown = data.villages.filter((one) =>
    (only !== "missing_place" || one.lat === null) && (only !== "phone" || one.place_source === "phone") && (only !== "no_territory" || !one.territory) && (!territory || one.territory === territory));
  const columns = [
    { key: "name", title: say("village"), value: fullName, tight: true },
    { key: "town", title: say("town") },
    { key: "territory", title: say("territory"), value: (one) => data.territories.get(one.territory)?.name ?? "",
      cell: (one) => territoryLabel(data.territories.get(one.territory)) },
    { key: "households", title: say("households"), numeric: true },
    { key: "non_performing", title: say("non_performing"), numeric: true },
    { key: "stops", title: say("stops_today"), numeric: true, value: (one) => data.stopsByVillage.get(one.id) ?? 0 },
    { key: "place", title: say("place"), value: (one) => (one.lat === null ? say("place_missing") : `${one.lat.toFixed(4)}, ${one.lon.toFixed(4)}`) },
  ];
  fill(byId("villages"), table({
    name: "villages", columns, rows: shown, caption: say("villages_caption"), filter: true, shared: true, sort: "name",
    empty: h("p", {}, say(data.villages.length ? "none" : "villages_empty")),
    choose: chooseVillage, isCurrent: (one) => one.id === wish("village"),
  }));
}

function villageFilters() {
  byId("territory").append(...[...data.territories.values()].map((one) => h("option", { value: one.id }, `${one.letter} · ${one.name}`)));
  for (const name of ["only", "territory"]) {
    byId(name).value = wish(name);
    byId(name).addEventListener("change", (event) => { remember({ [name]: event.target.value }); showVillages(); });
  }
}

async function draw() {
  drawVillages(view, data.villages, data.territories, chooseVillage);
  byId("map-hint").textContent = view.markers.size ? KEY : say("map_empty");
  await showRoutes();
  showPanel();
  showVillages();
}

show(byId("panel"), async () => {
  await load();
  await offerPlans();
  fit(view, data.villages);
  villageFilters();
  await draw();
  if (wish("only")) byId("villages-heading").scrollIntoView();
  return [...byId("panel").childNodes];
});
