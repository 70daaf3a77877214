// Doors whose visits are paused (a dispute, an illness, a wish to be left alone …) until a person has looked.
import { all, call } from "./client.js";
import { byId, fill, h } from "./dom.js";
import { byKey, fullName, rows } from "./rows.js";
import { press, tell } from "./shell.js";
import { table } from "./table.js";
import { moment, say, sayOr } from "./words.js";

/** Show the paused doors of one's area; returns how many there are. */
export async function showPaused() {
  const [found, villages] = await Promise.all([all("households", { paused: true }), rows("villages")]);
  const names = byKey(villages);
  const columns = [
    { key: "name", title: say("door"), value: (one) => [one.name, one.door].filter(Boolean).join(" · ") },
    { key: "village", title: say("village"), value: (one) => fullName(names.get(one.village)) },
    { key: "paused", title: say("paused_why"), value: (one) => sayOr(`pause_${one.paused}`, one.paused) },
    { key: "paused_at", title: say("paused_since"), cell: (one) => moment(one.paused_at) },
    { key: "act", still: true, title: say("let_go_on"), value: () => "", cell: (one) => h("button", { type: "button",
      "aria-label": say("let_go_on_for", { name: one.name }), onclick: (event) => letGoOn(event.currentTarget, one) }, say("let_go_on")) },
  ];
  byId("paused-section").hidden = !found.length;
  fill(byId("paused"), table({ name: "paused", columns, rows: found, caption: say("paused_caption"), sort: "paused_at" }));
  return found.length;
}

async function letGoOn(button, household) {
  const answer = await press(button, () =>
    call("PATCH", `households/${household.id}`, { body: { paused: null }, version: household.version }));
  if (!answer) return;
  tell(say("gone_on", { name: household.name }));
  await showPaused();
}
