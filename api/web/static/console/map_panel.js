// Beside the map: all territories, or the chosen village with the form that moves it; and the swap of two people.
import { territoryLabel } from "./badge.js";
import { h } from "./dom.js";
import { placeEditor, placeWords } from "./map_place.js";
import { marketDays } from "./market_days.js";
import { reassignment, undoButton } from "./reassign.js";
import { fullName, grouped, nameOf } from "./rows.js";
import { number, say } from "./words.js";

/** All territories: who works them, how many villages and households. */
export function territoriesNodes(data, chooseTerritory) {
  if (!data.territories.size) return h("p", { class: "empty" }, say("territories_empty"));
  const villages = grouped(data.villages, (village) => village.territory);
  return [
    h("p", { class: "hint" }, say("choose_village")),
    h("table", { class: "compact" }, h("caption", { class: "hidden" }, say("territories_caption")),
      h("thead", {}, h("tr", {}, ["territory", "leader", "villages", "households"].map((key, index) =>
        h("th", { scope: "col", class: index > 1 ? "numeric" : null }, say(key))))),
      h("tbody", {}, [...data.territories.values()].map((one) => territoryRow(one, villages.get(one.id) ?? [], data, chooseTerritory)))),
  ];
}

function territoryRow(territory, villages, data, choose) {
  const group = data.groups.get(territory.id) ?? { leader: null, members: [] };
  const households = villages.reduce((sum, village) => sum + village.households, 0);
  return h("tr", {},
    h("th", { scope: "row" }, h("button", { type: "button", class: "link", onclick: () => choose(territory) }, territoryLabel(territory))),
    h("td", {}, group.leader ? nameOf(data.people, group.leader) : h("strong", { class: "bad" }, say("no_leader")),
      h("span", { class: "soft block" }, group.members.map((id) => nameOf(data.people, id)).join(", "))),
    h("td", { class: "numeric" }, number(villages.length)),
    h("td", { class: "numeric" }, number(households)));
}

/** The chosen village; `changed(message)` after a move or after its place was saved. */
export function villageNodes(village, data, view, { back, changed, choose }) {
  const known = [...data.people.values()].filter((person) => (person.knows ?? []).includes(village.id));
  const facts = [
    ["town", village.town || "–"],
    ["territory", territoryLabel(data.territories.get(village.territory))],
    ["place", placeWords(village)],
    ["market_days", marketDays(village, changed)],
    ["households", number(village.households)],
    ["non_performing", number(village.non_performing)],
    ["known_by", known.map((person) => person.name).join(", ") || say("nobody")],
    ["stops_today", number(data.stopsByVillage.get(village.id) ?? 0)],
  ];
  const place = placeEditor(village, data.villages, view, { changed, choose });
  const move = moveForm(village, data, changed);
  return [
    h("p", {}, h("button", { type: "button", class: "link", onclick: back }, `‹ ${say("back_to_territories")}`)),
    h("dl", { class: "facts" }, facts.map(([key, value]) => h("div", {}, h("dt", {}, say(key)), h("dd", {}, value)))),
    village.lat === null ? [place, move] : [move, place],
  ];
}

function moveForm(village, data, changed) {
  const others = [...data.territories.values()].filter((one) => one.id !== village.territory);
  const select = h("select", { id: "move-to" }, h("option", { value: "" }, say("choose")),
    others.map((one) => h("option", { value: one.id }, `${one.letter} · ${one.name}`)));
  const target = () => data.territories.get(select.value);
  const part = reassignment(() => data, (reason) => {
    const back = village.territory && { moves: [{ village: village.id, to_territory: village.territory }] };
    changed([say("move_done", { village: fullName(village), territory: target().name }), " ", back && undoButton(back, reason, changed)]);
  });
  select.addEventListener("change", () => part.measure(
    select.value ? { moves: [{ village: village.id, to_territory: select.value }] } : null,
    target() && say("move_button", { village: fullName(village), territory: target().name })));
  return h("div", { class: "form" }, h("label", { for: "move-to" }, say("move_to")), select, part.element);
}

/** The form that swaps two people. */
export function swapNodes(data, changed) {
  const option = (person) => {
    const where = data.placeOf.get(person.id);
    return h("option", { value: person.id }, where ? `${person.name} · ${nameOf(data.territories, where)}` : person.name);
  };
  const pick = (id) => h("select", { id }, h("option", { value: "" }, say("choose")),
    [...data.people.values()].filter((person) => person.active !== false).map(option));
  const one = pick("swap-one");
  const other = pick("swap-other");
  const name = (select) => nameOf(data.people, select.value);
  const swap = () => ({ swaps: [{ person: one.value, with: other.value }] });
  const part = reassignment(() => data, (reason) =>
    changed([say("swap_done", { one: name(one), other: name(other) }), " ", undoButton(swap(), reason, changed)]));
  const measure = () => {
    const complete = one.value && other.value && one.value !== other.value;
    part.measure(complete ? swap() : null,
      complete && say("swap_button", { one: name(one), other: name(other) }));
  };
  one.addEventListener("change", measure);
  other.addEventListener("change", measure);
  return h("section", { class: "form swap" }, h("h3", {}, say("swap_title")), h("p", { class: "hint" }, say("swap_hint")),
    h("label", { for: "swap-one" }, say("person")), one, h("label", { for: "swap-other" }, say("with_person")), other, part.element);
}
