// One item of a work list: why it waits, what it is about, and the choices that settle it.
import { page } from "./address.js";
import { h } from "./dom.js";
import { money, number, say } from "./words.js";

const MERGES = ["village_merge", "household_merge", "shared_identity"];

/** `settle(button, item, choice)` is called by a choice; `listed`: the list is of what was decided. */
export function itemNode(item, { settle, listed }) {
  const why = `why-${item.id}`;
  const choices = item.choices.map((choice) => h("button", {
    type: "button", "aria-describedby": why, onclick: (event) => settle(event.currentTarget, item, choice),
  }, choice.label));
  if (item.settled && !listed) return settledNode(item, why, choices);
  return h("li", { id: `item-${item.id}` },
    h("div", { id: why },
      item.reasons.map((reason) => h("p", { class: "why" }, reason)),
      h("div", { class: "subjects" }, item.subjects.map((subject, index) => subjectNode(subject, stays(item, index))))),
    h("div", { class: "buttons" }, choices, links(item)));
}

/** Of two doors the first stays; of two villages the one that was chosen. */
const stays = (item, index) => MERGES.includes(item.kind) && index === 0 && (item.kind === "village_merge" ? item.settled === "together" : item.settled !== "apart");

/** What was just decided stays where it was, in one line, so that it can be taken back there. */
function settledNode(item, why, choices) {
  const names = item.subjects.map((subject) => subject.name).filter(Boolean).join(" · ");
  return h("li", { id: `item-${item.id}`, class: "settled" },
    h("div", { class: "line" },
      h("span", { id: why }, names, " – ", item.label ?? item.settled),
      h("span", { class: "buttons" }, choices)));
}

function subjectNode(subject, first) {
  const told = [
    subject.households !== undefined && subject.households !== null && `${say("households")} ${number(subject.households)}`,
    subject.territory,
    subject.kind === "village" && say(subject.lat === null || subject.lat === undefined ? "no_place" : "on_the_map"),
    subject.door,
    subject.loans?.length > 0 && say("loans_are", { loans: subject.loans.join(", ") }),
    subject.outstanding && say("owes", { amount: money(subject.outstanding) }),
  ].filter(Boolean);
  return h("p", { class: "subject" },
    h("span", { class: "name" }, subject.name),
    subject.within && h("span", { class: "soft" }, subject.within),
    first && h("span", { class: "tag" }, say("stays")),
    told.length > 0 && h("span", { class: "soft block" }, told.join(" · ")));
}

function links(item) {
  const village = item.subjects.find((subject) => subject.kind === "village" && subject.id);
  const row = item.subjects.find((subject) => subject.kind === "row" && subject.import);
  return [
    village && !MERGES.includes(item.kind) && h("a", { class: "button", href: page("map", { village: village.id }) },
      say(item.kind === "missing_place" ? "place_on_map" : "see_on_map")),
    row && h("a", { class: "button", href: page("ledgers", { report: row.import }) }, say("see_report")),
  ];
}

/** Arrow keys: up and down from item to item, left and right from choice to choice. */
export function moveBy(event) {
  const control = event.target.closest(".items button, .items a");
  const step = { ArrowDown: 1, ArrowUp: -1, ArrowRight: 1, ArrowLeft: -1 }[event.key];
  if (!control || !step) return;
  event.preventDefault();
  const of = (item) => [...item.querySelectorAll("button, a")];
  const item = control.closest("li");
  if (event.key === "ArrowRight" || event.key === "ArrowLeft") {
    of(item)[of(item).indexOf(control) + step]?.focus();
    return;
  }
  const items = [...item.parentElement.children].filter((one) => of(one).length);
  const to = items[items.indexOf(item) + step];
  if (to) (of(to)[of(item).indexOf(control)] ?? of(to)[0]).focus();
}
