// The rest of a published day planned again: what happened, how much may change, what would change, and then doing it.
import { all, call } from "./client.js";
import { fill, h } from "./dom.js";
import { changeLists } from "./plan_questions.js";
import { fullName, nameOf } from "./rows.js";
import { press, problemNodes } from "./shell.js";
import { between, number, say, setting } from "./words.js";

const CHOICES = ["nothing", "order", "teams"];
let serial = 0;

/** The form of a day, or null where that day is over or a draft. `done(plan)` after the new plan is published. */
export function restOfDay(plan, iso, routes, names, done) {
  if (iso < setting.today || !plan.published_days.includes(iso) || !routes.length) return null;
  const box = h("div", {});
  const button = h("button", { type: "button", "aria-expanded": "false", onclick: toggle }, say("rest_open"));

  function toggle() {
    const open = button.getAttribute("aria-expanded") === "true";
    button.setAttribute("aria-expanded", String(!open));
    fill(box, !open && form(plan, iso, routes, names, done));
    if (!open) box.querySelector("select, input").focus();
  }
  return h("section", { id: "rest" }, h("p", {}, button), box);
}

function form(plan, iso, routes, names, done) {
  const territory = pick(say("territory"), territoriesOf(routes).map((id) => [id, nameOf(names.territories, id)]));
  const at = h("input", { type: "time", value: iso === setting.today ? clock() : "00:00", required: true });
  const events = h("div", {});
  const effect = h("div", { "aria-live": "polite" });
  const own = () => routes.filter((route) => route.territory === territory.value);
  const more = h("button", { type: "button", class: "quiet", onclick: () => { add().focus(); stale(); } }, say("rest_more"));
  const choices = h("fieldset", { class: "choices" }, h("legend", {}, say("rest_may_change")),
    CHOICES.map((choice, index) => h("label", { class: "check" },
      h("input", { type: "radio", name: "may_change", value: choice, checked: index === 0 }), say(`rest_${choice}`))));
  const look = h("button", { type: "submit" }, say("rest_look"));
  const made = h("form", { class: "form rest", novalidate: true },
    h("div", { class: "filters" }, territoriesOf(routes).length > 1 && label(say("territory"), territory),
      label(say("rest_at"), at)),
    h("fieldset", { class: "happened" }, h("legend", {}, say("rest_what")), events, more), choices, h("p", {}, look), effect);

  function add() {
    const line = happened(own(), names, plan, territory.value, () => { line.node.remove(); stale(); });
    events.append(line.node);
    return line;
  }
  const stale = () => fill(effect);
  const body = () => [...events.children].reduce((sum, node) => joined(sum, node.said()), {
    territory: territory.value, date: iso, at: at.value,
    may_change: choices.querySelector("input:checked").value,
  });
  const preview = () => call("POST", `plans/${plan.id}/replans`, { body: body(), query: { dry_run: true } });

  async function show() {
    fill(effect, h("p", { class: "waiting" }, say("rest_measuring")));
    try {
      const asked = body();
      const found = (await preview()).data;
      fill(effect, previewNodes(found, (pressed) => accept(pressed, { ...asked, expect: found.digest })));
    } catch (error) {
      if (!error.problem) throw error;
      fill(effect, problemNodes(error));
    }
  }

  async function accept(pressed, asked) {
    const answer = await press(pressed, () => call("POST", `plans/${plan.id}/replans`, { body: asked }));
    // What was shown is not what would come about any more: it is shown again before anything is done.
    if (answer) done(answer.data.plan);
    else await show();
  }

  territory.addEventListener("change", () => { fill(events); add(); });
  made.addEventListener("change", (event) => event.target !== look && stale());
  made.addEventListener("submit", (event) => {
    event.preventDefault();
    press(look, show);
  });
  add();
  return made;
}

const territoriesOf = (routes) => [...new Set(routes.map((route) => route.territory))];
const label = (text, control) => h("label", {}, text, " ", control);

function pick(name, options) {
  return h("select", { "aria-label": name }, options.map(([value, text]) => h("option", { value }, text)));
}

/** The county's time of day, as it is in the middle of the work. */
function clock() {
  const form = { hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone: setting.zone };
  return new Intl.DateTimeFormat("en-GB", form).format(new Date());
}

// --- what happened ----------------------------------------------------------------------------------------

/** A line that says one thing that happened. `node.said()` is its part of the request. */
function happened(routes, names, plan, territory, remove) {
  const teams = routes.map((route) => [route.team, route.team_name]);
  const kinds = {
    late() {
      const [team, minutes] = [pick(say("team"), teams), h("input", { type: "number", min: 0, max: 1440, step: 5, value: 60, "aria-label": say("rest_minutes") })];
      return [[team, minutes, say("rest_minutes")], () => ({ teams: [{ team: team.value, late_min: Number(minutes.value) || 0 }] })];
    },
    held() {
      const [team, time] = [pick(say("team"), teams), h("input", { type: "time", value: "14:00", "aria-label": say("rest_until") })];
      return [[team, say("rest_until"), time], () => ({ teams: [{ team: team.value, free_at: time.value || null }] })];
    },
    absent_team() {
      const team = pick(say("team"), teams);
      return [[team], () => ({ teams: [{ team: team.value, absent: true }] })];
    },
    absent_person() {
      const people = pick(say("rest_person"), routes.flatMap((route) => route.people.map((id) => [id, `${nameOf(names.people, id)} · ${route.team_name}`])));
      return [[people], () => ({ absent_people: [people.value] })];
    },
    urgent() {
      const [village, door] = [pick(say("stop_village"), villagesOf(names, territory)), pick(say("rest_door"), [])];
      const load = async () => fill(door, (await all("households", { village: village.value })).map((one) =>
        h("option", { value: one.id }, [one.name, one.door].filter(Boolean).join(" · "))));
      village.addEventListener("change", load);
      load();
      return [[village, door], () => ({ visits: [{ household: door.value }] })];
    },
    closed() {
      const village = pick(say("stop_village"), villagesOf(names, territory));
      return [[village], () => ({ closed_villages: [village.value] })];
    },
    pinned() {
      const stop = pick(say("stops"), routes.flatMap((route) => route.stops.filter((one) => !one.withdrawn).map((one) =>
        [one.id, `${route.team_name} · ${one.arrival} · ${one.name}`])));
      return [[stop], () => ({ pinned: [stop.value] })];
    },
  };
  const kind = pick(say("rest_what"), [["none", say("rest_none")], ...Object.keys(kinds).map((name) => [name, say(`rest_${name}`)])]);
  const parts = h("span", { class: "parts" });
  const node = h("div", { class: "event" }, kind, parts, h("button", { type: "button", class: "quiet", onclick: remove }, say("rest_remove")));
  const choose = () => {
    const [shown, said] = kinds[kind.value]?.() ?? [[], () => ({})];
    fill(parts, shown);
    node.said = said;
  };
  kind.id = `happened-${(serial += 1)}`;
  kind.addEventListener("change", choose);
  kind.value = "late";
  choose();
  return { node, focus: () => kind.focus() };
}

const villagesOf = (names, territory) => [...names.villages.values()]
  .filter((village) => village.territory === territory).map((village) => [village.id, fullName(village)]);

/** Two parts of a request as one: lists are put together, two words about one team are one. */
function joined(sum, part) {
  for (const [key, found] of Object.entries(part)) {
    const before = sum[key] ?? [];
    if (key !== "teams") { sum[key] = [...new Set([...before, ...found])]; continue; }
    const same = before.find((one) => one.team === found[0].team);
    if (same) Object.assign(same, found[0]);
    else sum.teams = [...before, ...found];
  }
  return sum;
}

// --- what would change ------------------------------------------------------------------------------------

function previewNodes(found, accept) {
  const left = found.left_out.map((one) => h("li", {}, `${one.name}: ${one.sentence}`));
  return h("section", { class: "impact", "aria-label": say("rest_effect") },
    h("h3", {}, say("rest_effect")),
    h("p", {}, h("strong", {}, say("rest_kept", { kept: number(found.kept), of: number(found.of) }))),
    left.length > 0 && h("div", { class: "notice" }, h("p", {}, say("rest_left_out")), h("ul", {}, left)),
    changeLists(found), teamTable(found),
    h("div", { class: "next-step" },
      h("button", { type: "button", class: "primary", onclick: (event) => accept(event.currentTarget) }, say("rest_accept")),
      h("p", {}, say("rest_accept_effect"))));
}

function teamTable(found) {
  const lateness = (one) => (one.goes_on_at === null ? say("rest_no_further")
    : between(found.at, one.goes_on_at) > 0 ? one.goes_on_at : say("rest_now"));
  return h("div", { class: "scroll" }, h("table", { class: "compact" },
    h("thead", {}, h("tr", {}, ["team", "rest_begun", "rest_to_come", "rest_goes_on"].map((key, index) =>
      h("th", { scope: "col", class: index === 1 || index === 2 ? "numeric" : null }, say(key))))),
    h("tbody", {}, found.teams.map((one) => h("tr", {}, h("th", { scope: "row" }, one.team_name),
      h("td", { class: "numeric" }, number(one.begun)), h("td", { class: "numeric" }, number(one.to_come)),
      h("td", {}, lateness(one)))))));
}
