// Rotation: propose the next period's groups, compare now with then, commit.
import { page, remember, wish } from "./address.js";
import { badge } from "./badge.js";
import { all, call, get } from "./client.js";
import { byId, fill, h } from "./dom.js";
import { groupsNow } from "./groups.js";
import { impactNodes } from "./impact.js";
import { byKey, forget, nameOf, rows, territories } from "./rows.js";
import { beside, press, problemNodes, show, tell } from "./shell.js";
import { table } from "./table.js";
import { compare, day, duration, moment, number, say, setting } from "./words.js";

const DATES = { day: "numeric", month: "short", year: "numeric" };
const span = (period) => say("period", { start: day(period.from, DATES), end: day(period.to, DATES) });

// --- propose --------------------------------------------------------------------------------------------

/** The three months from the first of next month. */
function nextPeriod() {
  const [year, month] = setting.today.split("-").map(Number);
  const iso = (date) => date.toISOString().slice(0, 10);
  return { from: iso(new Date(Date.UTC(year, month, 1))), to: iso(new Date(Date.UTC(year, month + 3, 0))) };
}

function proposeForm() {
  const form = byId("propose");
  const next = nextPeriod();
  byId("from").value = next.from;
  byId("to").value = next.to;
  beside(rows("people").then((people) => {
    byId("away").append(...people.filter((one) => one.active !== false).map((one) =>
      h("label", { class: "check" }, h("input", { type: "checkbox", value: one.id }), one.name)));
  }));
  byId("away").addEventListener("change", () => {
    const names = away().length;
    byId("away-count").textContent = names ? say("away_count", { n: number(names) }) : say("nobody");
  });
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const button = form.querySelector("button[type=submit]");
    await press(button, () => propose());
  });
}

const away = () => [...byId("away").querySelectorAll("input:checked")].map((box) => box.value);

async function propose() {
  const box = byId("proposal");
  fill(box, h("p", { class: "waiting", role: "status" }, say("proposing")));
  byId("proposal-heading").focus();
  const body = {
    periods: [{ from: byId("from").value, to: byId("to").value }],
    leave: away().map((person) => ({ person, period: 1 })),
  };
  try {
    const { data } = await call("POST", "rotations/proposals", { body });
    remember({ proposal: data.id }, true);
    fill(box, await proposalNodes(data));
    showPast();
  } catch (error) {
    if (!error.problem) throw error;
    fill(box, error.problem.rules ? infeasibleNodes(error) : problemNodes(error));
  }
}

/** Where no rotation is possible: the sentence naming period and rule, and what else stands in the way. */
function infeasibleNodes(error) {
  const rules = error.problem.rules;
  return h("div", { class: "notice error", role: "alert" }, h("h3", {}, say("infeasible")), h("p", {}, error.message),
    rules.length > 1 && h("ul", {}, rules.map((rule) => h("li", {}, rule.message))));
}

// --- one proposal ---------------------------------------------------------------------------------------

async function proposalNodes(proposal) {
  const [lands, people, plans, now] = await Promise.all([territories(), rows("people"), all("plans", { status: "published" }), groupsNow()]);
  const names = { territories: byKey(lands), people: byKey(people), plans: byKey(plans), now };
  const open = proposal.status === "ready";
  return [
    proposal.periods.map((period) => [h("h3", {}, span(period)), groupsTable(period, names)]),
    figures(proposal.figures ?? {}),
    proposal.impact && impactNodes(proposal.impact, names.territories, names.plans),
    open
      ? h("div", { class: "next-step" },
        h("button", { type: "button", class: "primary", onclick: (event) => commit(event.currentTarget, proposal) }, say("commit")),
        h("p", {}, say("commit_effect", { day: day(proposal.periods[0].from, DATES) })))
      : h("p", { class: "lead" }, say("proposal_committed")),
  ];
}

function groupsTable(period, names) {
  const columns = [
    { key: "territory", title: say("territory"), value: (group) => group.name,
      cell: (group) => h("span", { class: "with-badge" }, badge(names.territories.get(group.territory)), group.name) },
    { key: "leader_now", title: say("leader_now"), value: (group) => nameOf(names.people, before(group, names).leader) },
    { key: "leader", title: say("leader_then"), value: (group) => nameOf(names.people, group.leader),
      cell: (group) => person(group.leader, before(group, names).leader === group.leader, names) },
    { key: "members_now", title: say("members_now"), value: (group) => list(before(group, names).members, names) },
    { key: "members", title: say("members_then"), value: (group) => list(group.members, names),
      cell: (group) => group.members.map((id, index) => [index > 0 && ", ", person(id, here(id, group, names), names)]) },
  ];
  return table({ name: "groups", columns, rows: inOrder(period.groups, names), caption: say("groups_caption") });
}

const inOrder = (groups, names) =>
  [...groups].sort((a, b) => compare(names.territories.get(a.territory)?.name, names.territories.get(b.territory)?.name));
const before = (group, names) => names.now.groups.get(group.territory) ?? { leader: null, members: [] };
const here = (id, group, names) => names.now.placeOf.get(id) === group.territory;
const list = (ids, names) => ids.map((id) => nameOf(names.people, id)).join(", ") || say("nobody");

function person(id, stays, names) {
  const name = nameOf(names.people, id);
  return stays ? name : h("span", { class: "arrives" }, name, h("span", { class: "tag" }, say("is_new")));
}

function figures(found) {
  const shown = [
    ["figure_people_moved", number(found.people_moved)],
    ["figure_leaders_changed", number(found.leaders_changed)],
    ["figure_accounts_changed", percent(found.accounts_changed_percent)],
    ["figure_work", `${percent(found.work_min_percent)} – ${percent(found.work_max_percent)}`],
    ["figure_travel", `${duration(found.travel_mean_minutes)} · ${duration(found.travel_max_minutes)}`],
    ["figure_proof", found.proved_best ? say("proved_best") : say("gap", { n: number(found.gap_percent) })],
  ];
  return h("dl", { class: "figures" }, shown.map(([key, value]) => h("div", {}, h("dt", {}, say(key)), h("dd", {}, value))));
}

const percent = (value) => (value === null || value === undefined ? "–" : `${number(value)} %`);

async function commit(button, proposal) {
  const answer = await press(button, () =>
    call("POST", `rotations/proposals/${proposal.id}/commit`, { version: proposal.version }));
  if (!answer) return;
  tell(h("span", {}, say("committed_done"), " ", h("a", { href: page("people") }, say("see_people"))));
  forget();
  await Promise.all([showProposal(), showPast()]);
}

const showProposal = () => show(fill(byId("proposal")), async () => {
  const id = wish("proposal");
  if (!id) return h("p", { class: "empty" }, say("proposal_empty"));
  return proposalNodes(await get(`rotations/proposals/${id}`));
});

const showPast = () => show(byId("past"), async () => {
  const found = (await all("rotations/proposals")).reverse();
  const columns = [
    { key: "period", title: say("period_column"), value: (one) => one.periods[0].from, cell: (one) => span(one.periods[0]) },
    { key: "status", title: say("status"), value: (one) => say(`proposal_${one.status}`) },
    { key: "created_at", title: say("created"), cell: (one) => moment(one.created_at) },
  ];
  return table({ name: "past", columns, rows: found, caption: say("proposals_caption"), empty: h("p", {}, say("proposals_empty")),
    choose: (one) => { remember({ proposal: one.id }, true); showProposal(); showPast(); byId("proposal-heading").focus(); },
    isCurrent: (one) => one.id === wish("proposal") });
});

proposeForm();
showPast();
showProposal();
addEventListener("popstate", () => { showProposal(); showPast(); });
