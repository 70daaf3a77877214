// Today: what is planned, what went wrong, what needs somebody. Every number leads to the rows behind it.
import { page } from "./address.js";
import { all, get } from "./client.js";
import { byId, fill, h } from "./dom.js";
import { showPaused } from "./paused.js";
import { figuresNodes, follow, isUnderWay, progressNodes, statusNode } from "./plan_parts.js";
import { rows } from "./rows.js";
import { show } from "./shell.js";
import { outcomesOfDay } from "./outcomes.js";
import { day, moment, number, say, setting } from "./words.js";
import { workBars } from "./work_bars.js";

const FULL = { weekday: "long", day: "numeric", month: "long", year: "numeric" };
const planPage = (plan) => page("plans", { plan: plan.id, on: plan.from === plan.to ? "" : setting.today });
const holdsToday = (plan) => plan.published_days.includes(setting.today);
const leaving = new AbortController();
addEventListener("pagehide", () => leaving.abort());

function planned(plans) {
  const published = plans.find(holdsToday);
  const newest = plans[0];
  if (!newest) {
    return [h("p", {}, h("strong", {}, say("nothing_planned"))), h("p", {}, say("nothing_planned_why")),
      h("p", {}, h("a", { class: "button primary", href: page("plans", { date: setting.today }) }, say("plan_today")))];
  }
  const newer = newest !== published && newest.status !== "cancelled" ? newestNodes(newest) : null;
  return [newer, published && publishedNodes(published)];
}

function publishedNodes(plan) {
  return [
    h("p", {}, h("a", { href: planPage(plan) }, say("published_since", { version: plan.version, at: moment(plan.published_at) }))),
    figuresNodes({ ...plan.figures, ...plan.figures.by_day?.find((one) => one.date === setting.today) }, {
      planned: `${planPage(plan)}#routes`, teams: `${planPage(plan)}#routes`,
      villages: page("map"), unplanned: `${planPage(plan)}#unplanned`,
    }),
  ];
}

function newestNodes(plan) {
  if (isUnderWay(plan)) return h("div", {}, h("p", {}, h("a", { href: planPage(plan) }, say("under_way", { version: plan.version }))), progressNodes(plan));
  if (plan.status === "failed") return h("p", { class: "notice error" }, h("a", { href: planPage(plan) }, say("failed_today", { version: plan.version, why: plan.error ?? "" })));
  return h("p", { class: "next-step" }, statusNode(plan.status), " ", say("ready_waits", { version: plan.version }), " ",
    h("a", { class: "button primary", href: planPage(plan) }, say("look_and_publish")));
}

async function needs(plans, published, outcomes) {
  const [villages, newest, paused, work] = await Promise.all([
    rows("villages"), get("ledgers", { limit: 1 }), showPaused(), get("work-items/counts"),
  ]);
  const last = newest.items.find((one) => one.status === "stored");
  const withdrawn = (published?.routes ?? []).flatMap((route) => route.stops).filter((stop) => stop.withdrawn).length;
  const found = [
    [plans.filter((plan) => plan.status === "failed").length, "need_plan_failed", page("plans", { day: setting.today, status: "failed" })],
    [published?.teams_left_out?.length ?? 0, "need_teams_left_out", published && `${planPage(published)}#left-out`],
    [withdrawn, "need_withdrawn", published && `${planPage(published)}#routes`],
    [paused, "need_paused", "#paused-heading"],
    [outcomes?.reviews ?? 0, "need_review", "#outcomes-heading"],
    ...waiting(work),
    [villages.filter((village) => !village.territory).length, "need_territory", page("map", { only: "no_territory" })],
    [last?.rows.flagged ?? 0, "need_rows", last && page("ledgers", { report: last.id })],
    [published?.figures.unplanned ?? 0, "need_unplanned", published && `${planPage(published)}#unplanned`],
  ].filter(([count]) => count > 0);
  if (!found.length) return h("p", {}, say("all_well"));
  return h("ul", { class: "work-list" }, found.map(([count, key, href]) =>
    h("li", {}, h("a", { href }, h("strong", {}, number(count)), " ", say(key)))));
}

/** Lines for what waits in the work lists; the three kinds of merges are one line. */
function waiting(counts) {
  const line = (key, ...kinds) => [kinds.reduce((sum, kind) => sum + counts[kind], 0), key, page("work", { kind: kinds.find((kind) => counts[kind]) })];
  return [
    line("need_places", "missing_place"),
    line("need_merges", "village_merge", "household_merge", "shared_identity"),
    line("need_doubts", "place_doubt", "unusable_place"),
    line("need_refused", "refused_row"),
    line("need_loans", "missing_loan"),
  ];
}

function work(published) {
  if (!published?.routes.length) return h("p", { class: "empty" }, say("work_empty"));
  return workBars(published.routes, say("work_caption"), (route) => `${planPage(published)}#team-${route.team}`);
}

async function load() {
  const [plans, outcomes] = await Promise.all([all("plans", { date: setting.today }), outcomesOfDay(setting.today)]);
  const newest = plans.find(holdsToday);
  const published = newest ? await get(`plans/${newest.id}`, { date: setting.today }) : undefined;
  return { plans, published, outcomes };
}

/** While a plan is being drawn up its progress moves; when it is done the page is drawn anew. */
async function watch(plans) {
  const running = plans.find(isUnderWay);
  if (!running) return;
  await follow(running.id, (plan) => {
    fill(byId("planned"), planned(plans.map((one) => (one.id === plan.id ? plan : one))));
    if (!isUnderWay(plan)) start();
  }, leaving.signal);
}

function start() {
  const loaded = load();
  show(byId("planned"), async () => planned((await loaded).plans));
  show(byId("work"), async () => work((await loaded).published));
  show(byId("outcomes"), async () => (await loaded).outcomes.nodes);
  show(byId("needs"), async () => {
    const { plans, published, outcomes } = await loaded;
    return needs(plans, published, outcomes);
  });
  loaded.then(({ plans }) => watch(plans), () => undefined);
}

byId("date").textContent = day(setting.today, FULL);
start();
