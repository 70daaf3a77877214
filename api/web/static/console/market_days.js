// The days on which a village goes to market: in words, and the form that changes them.
import { call, get } from "./client.js";
import { h } from "./dom.js";
import { openForm } from "./form_dialog.js";
import { fullName } from "./rows.js";
import { day, plusDays, say } from "./words.js";

const MONDAY = "2026-01-05";

/** What is known of a village's market days, and a button that changes it; `changed(message)` after that. */
export function marketDays(village, changed) {
  const change = async () => {
    if (await marketForm(village)) changed(say("market_saved", { village: fullName(village) }));
  };
  return [marketWords(village.market_days), " ",
    h("button", { type: "button", class: "link", onclick: change }, say("market_change"))];
}

function marketWords(market) {
  if (!market) return say("market_unknown");
  const named = market.days.map((one) => (market.cycle === "week" ? day(plusDays(MONDAY, one - 1), { weekday: "short" }) : one));
  return market.cycle === "week" ? named.join(", ") : say(`market_${market.cycle}`, { days: named.join(", ") });
}

function marketForm(village) {
  const had = village.market_days;
  return openForm({
    title: say("market_of", { village: fullName(village) }), button: say("save"),
    fields: [
      { name: "cycle", path: "market_days.cycle", label: say("market_cycle"), kind: "select", value: had?.cycle,
        options: ["", "lunar", "month", "week"].map((value) => ({ value, label: say(`cycle_${value || "none"}`) })) },
      { name: "days", path: "market_days.days", label: say("market_which"), value: had?.days.join(", "), hint: say("market_hint") },
    ],
    save: async ({ cycle, days }) => {
      const market_days = cycle ? { cycle, days: days.split(/\D+/).filter(Boolean).map(Number) } : null;
      return (await call("PATCH", `villages/${village.id}`, { body: { market_days }, version: village.version })).data;
    },
    again: async () => marketForm(await get(`villages/${village.id}`)),
  });
}
