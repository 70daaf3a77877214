// Plans: ask for one, watch it being drawn up, look at it, publish it.
import { remember, wish } from "./address.js";
import { all, call } from "./client.js";
import { territoryLabel } from "./badge.js";
import { byId, fill, h } from "./dom.js";
import { follow, statusNode } from "./plan_parts.js";
import { span } from "./plan_days.js";
import { planNodes } from "./plan_view.js";
import { territories } from "./rows.js";
import { beside, press, show, tell } from "./shell.js";
import { table } from "./table.js";
import { day, number, plusDays, say, setting } from "./words.js";

const STATUSES = ["queued", "running", "ready", "published", "failed", "cancelled"];
let watching = new AbortController();

// --- ask for a plan -------------------------------------------------------------------------------------

function newPlanForm() {
  const form = byId("new-plan");
  const [first, last] = [byId("first"), byId("last")];
  first.value = wish("date", setting.today);
  last.value = wish("until", first.value);
  const hint = () => beside(shiftHint(first.value, last.value));
  let length = daysBetween(first.value, last.value);
  first.addEventListener("change", () => {
    // The period moves as a whole.
    if (first.value) last.value = plusDays(first.value, Math.max(0, length));
    hint();
  });
  last.addEventListener("change", () => { length = daysBetween(first.value, last.value); hint(); });
  hint();
  beside(territories().then(territoryBoxes));
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const chosen = chosenTerritories();
    const body = { from: first.value, to: last.value, ...(chosen.length ? { territories: chosen } : {}) };
    await ask(form.querySelector("button[type=submit]"), body);
  });
}

async function ask(button, body) {
  const answer = await press(button, () => call("POST", "plans", { body }));
  if (!answer) return;
  tell(say("requested", { version: answer.data.version }));
  open(answer.data);
}

const daysBetween = (first, last) => Math.round((new Date(`${last}T00:00:00Z`) - new Date(`${first}T00:00:00Z`)) / 86_400_000);

async function shiftHint(first, last) {
  const hint = byId("new-hint");
  if (!first || !last) return;
  if (last < first) {
    hint.textContent = say("last_before_first");
    return;
  }
  const shifts = await all("shifts", { from: first, to: last });
  const days = new Set(shifts.map((one) => one.date)).size;
  if (!shifts.length) hint.textContent = say("no_shifts_that_day");
  else if (first === last) hint.textContent = say("shifts_that_day", { teams: number(shifts.length) });
  else hint.textContent = say("shifts_those_days", { days: number(days), shifts: number(shifts.length) });
}

function territoryBoxes(found) {
  const boxes = byId("territories");
  boxes.append(...found.map((one) => h("label", { class: "check" },
    h("input", { type: "checkbox", value: one.id }), territoryLabel(one))));
  boxes.addEventListener("change", () => {
    const count = chosenTerritories().length;
    byId("chosen").textContent = count ? say("some_chosen", { n: number(count) }) : say("all_chosen");
  });
}

const chosenTerritories = () => [...byId("territories").querySelectorAll("input:checked")].map((box) => box.value);

// --- the list -------------------------------------------------------------------------------------------

function listFilters() {
  const date = byId("list-date");
  const status = byId("list-status");
  status.append(...STATUSES.map((one) => h("option", { value: one }, say(`status_${one}`))));
  date.value = wish("day");
  status.value = wish("status");
  const changed = () => { remember({ day: date.value, status: status.value }); showList(); };
  date.addEventListener("change", changed);
  status.addEventListener("change", changed);
}

const showList = () => show(byId("list"), async () => {
  const found = await all("plans", { date: wish("day"), status: wish("status") });
  const columns = [
    { key: "version", title: say("plan_number"), value: (one) => one.version, cell: (one) => `#${one.version}` },
    { key: "from", title: say("plan_day"), cell: (one) => span(one) },
    { key: "status", title: say("plan_status"), value: (one) => say(`status_${one.status}`), cell: (one) => statusNode(one.status) },
    { key: "planned", title: say("visits"), numeric: true, value: (one) => one.figures?.planned },
  ];
  return table({
    name: "plans", columns, rows: found, caption: say("list_caption"), empty: h("p", {}, say("list_empty")),
    choose: open, isCurrent: (one) => one.id === wish("plan"),
  });
});

// --- one plan -------------------------------------------------------------------------------------------

function open(plan) {
  remember({ plan: plan.id, on: "", code: "", territory: "" }, true);
  location.hash = "";
  showPlan(true);
  showList();
}

async function showPlan(focus = false) {
  watching.abort();
  watching = new AbortController();
  const signal = watching.signal;
  const id = wish("plan");
  const box = byId("plan");
  if (!id) return fill(box, h("p", { class: "empty" }, say("plan_empty")));
  fill(box);
  if (focus) byId("plan-heading").focus();
  let before = null;
  return show(box, async () => {
    await follow(id, async (plan) => {
      byId("plan-heading").textContent = say("plan_title", { version: plan.version, day: span(plan) });
      if (before && before !== plan.status) {
        showList();
        tell("");
      }
      before = plan.status;
      fill(box, await planNodes(plan, actions));
      goToPart();
    }, signal);
    return [...box.childNodes];
  });
}

/** Bring the part that the address names into view, once it is there. */
function goToPart() {
  const part = location.hash && byId(location.hash.slice(1));
  if (!part) return;
  if (part.tagName === "DETAILS") part.open = true;
  part.scrollIntoView({ block: "start" });
}

const actions = {
  async publish(button, plan, until) {
    const answer = await press(button, () => call("POST", `plans/${plan.id}/publish`, { query: { until } }));
    if (!answer) return;
    tell(say(until === plan.to ? "published_done" : "published_part", { version: plan.version, day: day(until) }));
    await Promise.all([showPlan(), showList()]);
  },
  async cancel(button, plan) {
    const answer = await press(button, () => call("POST", `plans/${plan.id}/cancel`));
    if (answer) tell(say("cancel_done"));
    await Promise.all([showPlan(), showList()]);
  },
  replanned(plan) {
    tell(say("rest_done", { version: plan.version }));
    open(plan);
  },
  again: (button, plan) => ask(button, { from: plan.from, to: plan.to, territories: plan.territories }),
};

newPlanForm();
listFilters();
showList();
showPlan();
addEventListener("popstate", () => { showPlan(); showList(); });
addEventListener("pagehide", () => watching.abort());
addEventListener("hashchange", goToPart);
