// A territory's sign: letter, colour and shape, the same on the map, in the legend and in tables.
import { h } from "./dom.js";
import { say } from "./words.js";

export function badge(territory) {
  if (!territory) return h("span", { class: "badge no-territory", "aria-hidden": "true" }, "?");
  return h("span", { class: `badge colour-${territory.colour} ${territory.shape}`, "aria-hidden": "true" },
    h("span", {}, territory.letter));
}

export function territoryLabel(territory) {
  return h("span", { class: "with-badge" }, badge(territory), territory ? territory.name : say("no_territory"));
}
