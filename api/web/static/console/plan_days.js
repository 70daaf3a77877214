// The days of a plan: which one is looked at, which ones are published, and publishing the first of them.
import { remember, wish } from "./address.js";
import { all } from "./client.js";
import { h } from "./dom.js";
import { day, number, plusDays, say } from "./words.js";

/** Every day of a plan, from its first to its last. */
export function daysOf(plan) {
  const days = [plan.from];
  while (days.at(-1) < plan.to) days.push(plusDays(days.at(-1), 1));
  return days;
}

/** "Wed 25 Nov", or from and to. */
export const span = (plan) => (plan.from === plan.to ? day(plan.from) : say("days_span", { from: day(plan.from), to: day(plan.to) }));

export const isPublished = (plan, iso) => plan.published_days.includes(iso);

const figuresOf = (plan, iso) => plan.figures.by_day?.find((one) => one.date === iso);

/** The day that is looked at: the one in the address, else the first with a route. */
export function chosenDay(plan) {
  const asked = wish("on");
  if (asked >= plan.from && asked <= plan.to) return asked;
  return plan.figures.by_day?.[0]?.date ?? plan.from;
}

/** A button for each day with its number of visits; `choose(iso)` when another one is pressed. Null for a single day. */
export function dayPicker(plan, choose) {
  if (plan.from === plan.to) return null;
  const box = h("div", { class: "days", role: "group", "aria-label": say("plan_days") });
  const draw = () => box.replaceChildren(...daysOf(plan).map((iso) => dayButton(plan, iso, () => {
    remember({ on: iso });
    draw();
    box.querySelector("[aria-pressed=true]").focus();
    choose(iso);
  })));
  draw();
  return box;
}

function dayButton(plan, iso, onclick) {
  const published = isPublished(plan, iso);
  const mark = published ? "●" : "○";
  return h("button", { type: "button", "aria-pressed": String(iso === chosenDay(plan)), onclick },
    h("span", { class: "block" }, day(iso)),
    h("span", { class: "soft block" }, h("span", { "aria-hidden": "true" }, `${mark} `),
      h("span", { class: "hidden" }, say(published ? "day_published" : "day_draft"), " "),
      say("day_visits", { n: number(figuresOf(plan, iso)?.planned ?? 0) })));
}

/** What can be published still, and what holds instead of this plan. `publish(button, until)`. */
export async function publishing(plan, publish) {
  const open = daysOf(plan).filter((iso) => !isPublished(plan, iso));
  const shared = (await all("plans", { status: "published", from: plan.from, until: plan.to }))
    .filter((other) => other.id !== plan.id && other.territories.some((id) => plan.territories.includes(id)));
  const later = shared.filter((other) => plan.published_at && other.published_at > plan.published_at && touches(other, plan.published_days));
  return [
    later.length > 0 && h("p", { class: "notice" }, say("replaced_by", { plans: numbers(later) })),
    open.length > 0 && plan.superseded_by && h("p", { class: "notice" }, say("superseded", { version: plan.superseded_by })),
    open.length > 0 && publishForm(plan, open, shared, publish),
  ];
}

const touches = (other, days) => other.published_days.some((iso) => days.includes(iso));
const numbers = (plans) => plans.map((one) => `#${one.version}`).join(", ");

function publishForm(plan, open, shared, publish) {
  const effect = h("p", { role: "status" });
  const until = h("select", { "aria-label": say("publish_until") }, open.map((iso, index) =>
    h("option", { value: iso }, index === open.length - 1 ? say("until_last", { day: day(iso) }) : day(iso))));
  until.value = open.at(-1);
  const chosen = () => open.filter((iso) => iso <= until.value);
  const draw = () => {
    const rows = chosen().map((iso) => figuresOf(plan, iso)).filter(Boolean);
    const stops = rows.reduce((sum, one) => sum + one.planned, 0);
    const teams = Math.max(0, ...rows.map((one) => one.teams));
    const replaced = shared.filter((other) => touches(other, chosen()));
    effect.replaceChildren(say("publish_effect", { stops: number(stops), teams: number(teams) }), " ",
      replaced.length ? say("publish_replaces", { plans: numbers(replaced) }) : "");
  };
  until.addEventListener("change", draw);
  draw();
  return h("div", { class: "next-step" },
    h("button", { type: "button", class: "primary", onclick: (event) => publish(event.currentTarget, until.value) }, say("publish")),
    open.length > 1 && h("label", {}, say("publish_until"), " ", until), effect);
}
