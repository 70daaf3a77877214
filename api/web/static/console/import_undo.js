// Undo an import: what that would do stands beside the button, or the reason why it must stand.
import { call } from "./client.js";
import { fill, h } from "./dom.js";
import { press, problemNodes, tell } from "./shell.js";
import { number, say } from "./words.js";

const COUNTS = ["accounts_restored", "accounts_removed", "households_removed", "villages_removed", "kept"];

/** The part of a report that undoes its import; `done` is called after it. */
export function undoNodes(report, done) {
  const box = h("div", { "aria-live": "polite" });
  const ask = h("button", { type: "button", onclick: () => press(ask, () => measure()) }, say("undo_ask"));

  async function measure() {
    try {
      const { data } = await call("POST", `ledgers/${report.id}/undo`, { query: { dry_run: true } });
      fill(box, effect(data));
      ask.hidden = true;
    } catch (error) {
      if (!error.problem) throw error;
      fill(box, problemNodes(error));
    }
  }

  const effect = (data) => h("div", { class: "next-step" },
    h("button", { type: "button", class: "primary", onclick: (event) => undo(event.currentTarget) }, say("undo_import")),
    h("dl", { class: "figures small" }, COUNTS.map((key) =>
      h("div", {}, h("dt", {}, say(`undo_${key}`)), h("dd", {}, number(data[key]))))));

  async function undo(button) {
    const answer = await press(button, () => call("POST", `ledgers/${report.id}/undo`));
    if (!answer) return;
    tell(say("undo_done", { name: report.filename }));
    done();
  }
  return h("div", {}, ask, box);
}
