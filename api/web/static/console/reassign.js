// A change of territories or people: its effect is measured first and stands beside the button that makes it.
import { call } from "./client.js";
import { fill, h } from "./dom.js";
import { impactNodes } from "./impact.js";
import { press, problemNodes, tell } from "./shell.js";
import { say } from "./words.js";

let serial = 0;

/**
 * Make the part of a form that measures and commits.
 * names(): {territories, plans} by id; done(reason): called after the commit.
 * Returns {element, measure(change, label)}; a change without content hides everything.
 */
export function reassignment(names, done) {
  const id = `reason-${(serial += 1)}`;
  const effect = h("div", { "aria-live": "polite" });
  const reason = h("input", { id, maxlength: 300, autocomplete: "off", "aria-describedby": `${id}-hint` });
  const commit = h("button", { type: "button", class: "primary" });
  const form = h("div", { hidden: true },
    h("label", { for: id }, say("reason")), reason, h("p", { class: "hint", id: `${id}-hint` }, say("reason_hint")), commit);
  let current = null;
  let version = null;
  let asking = new AbortController();

  async function measure(change, label) {
    asking.abort();
    asking = new AbortController();
    current = change;
    form.hidden = true;
    if (!change) return fill(effect);
    fill(effect, h("p", { class: "waiting" }, say("measuring")));
    try {
      const answer = await call("POST", "reassignments", {
        body: { ...change, reason: reason.value.trim() || "–" }, query: { dry_run: true }, signal: asking.signal,
      });
      version = answer.etag;
      const { territories, plans } = names();
      fill(effect, impactNodes(answer.data.impact, territories, plans));
      commit.textContent = label;
      form.hidden = false;
    } catch (error) {
      if (error.name === "AbortError") return undefined;
      if (!error.problem) throw error;
      fill(effect, problemNodes(error));
    }
    return undefined;
  }

  commit.addEventListener("click", async () => {
    if (!reason.value.trim()) {
      tell(say("reason_needed"), "error");
      reason.focus();
      return;
    }
    const label = commit.textContent;
    const answer = await press(commit, () => call("POST", "reassignments", { body: { ...current, reason: reason.value.trim() }, version })
      .catch(async (error) => {
        if (error.status !== 412) throw error;
        await measure(current, label);
        tell(say("stale_repeat"), "error");
      }));
    if (!answer) return;
    const said = reason.value.trim();
    reason.value = "";
    await measure(null);
    done(said);
  });
  return { element: h("div", { class: "reassign" }, effect, form), measure };
}

/** The button that takes a change back: the opposite change, with a reason that says so. `done` after it. */
export function undoButton(opposite, reason, done) {
  return h("button", { type: "button", onclick: async (event) => {
    const body = { ...opposite, reason: say("undo_reason", { reason }).slice(0, 300) };
    if (await press(event.currentTarget, () => call("POST", "reassignments", { body }))) done(say("undone"));
  } }, say("undo"));
}
