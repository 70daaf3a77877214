// Work lists: one kind at a time, each item one press to settle, taken back where it stands.
import { page, remember, wish } from "./address.js";
import { call, get } from "./client.js";
import { byId, fill, h } from "./dom.js";
import { placeList } from "./place_list.js";
import { rows } from "./rows.js";
import { press, problemNodes, show, tell } from "./shell.js";
import { itemNode, moveBy } from "./work_item.js";
import { number, say } from "./words.js";

const PORTION = 50;
const MOST = 500;
const KINDS = ["missing_place", "village_merge", "household_merge", "shared_identity", "place_doubt", "unusable_place", "refused_row", "missing_loan"];
let counts = {};
let entries = [];
let next = null;

const settledOnes = () => wish("settled") === "1";
const query = (more = {}) => ({ kind: kind(), branch: wish("branch"), settled: settledOnes() || null, limit: PORTION, ...more });
const waits = () => KINDS.find((one) => counts[one]);
const kind = () => (KINDS.includes(wish("kind")) ? wish("kind") : waits() ?? KINDS[0]);

async function count() {
  counts = await get("work-items/counts", { branch: wish("branch") });
  fill(byId("kinds"), KINDS.map((one) => h("li", {},
    h("a", { href: page("work", { kind: one, branch: wish("branch") }), "aria-current": one === kind() ? "page" : null, onclick: (event) => choose(event, one) },
      say(`kind_${one}`), h("strong", { class: counts[one] ? null : "none" }, number(counts[one]))))));
}

function choose(event, one) {
  if (event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  remember({ kind: one, settled: "" }, true);
  open(true);
}

/** Show the list that the address names. */
async function open(focus = false) {
  tell("");
  await show(byId("items"), async () => {
    await count();
    byId("settled").checked = settledOnes();
    byId("kind-heading").textContent = say(`kind_${kind()}`);
    byId("about").textContent = say(`about_${kind()}`);
    byId("place-list").hidden = kind() !== "missing_place";
    entries = [];
    await take(await get("work-items", query()));
    return listNode();
  });
  if (focus) focusOpen(0);
}

async function take(found) {
  entries.push(...found.items);
  next = found.next;
  byId("more").hidden = !next;
  byId("more").textContent = say("more_items");
}

function listNode() {
  byId("keys").hidden = !entries.length;
  if (!entries.length) return emptyNode();
  return h("ul", { class: "items" }, entries.map((item) => itemNode(item, { settle, listed: settledOnes() })));
}

function emptyNode() {
  const other = waits();
  return h("div", { class: "empty" },
    h("p", {}, say(settledOnes() ? "empty_settled" : "empty_waiting")),
    other && !settledOnes() && h("p", {}, h("a", { href: page("work", { kind: other }), onclick: (event) => choose(event, other) },
      say("go_on_with", { kind: say(`kind_${other}`) }))));
}

async function settle(button, item, choice) {
  const position = entries.indexOf(item);
  const answer = await press(button, async () => {
    try {
      return await call("POST", `work-items/${item.kind}/${item.id}/settlement`, { body: { choice: choice.choice }, version: item.version });
    } catch (error) {
      // Somebody was faster: what they decided is shown, beside the sentence that says so.
      if ([404, 409, 412].includes(error.status)) await refresh(null);
      throw error;
    }
  });
  if (!answer) return focusOpen(position);
  await refresh({ ...answer.data, label: choice.label });
  const reopened = choice.choice === "reopen";
  const told = reopened ? say("taken_back") : say("settled_as", { choice: choice.label });
  const goesOn = reopened ? focusItem(item.id) : focusOpen(position);
  return tell(goesOn || settledOnes() ? told : `${told} ${say("all_done")}`);
}

/** What was decided may have settled or changed other items too: the list says what holds now. */
async function refresh(changed) {
  try {
    const [found] = await Promise.all([get("work-items", query({ limit: Math.min(MOST, Math.max(PORTION, entries.length)) })), count()]);
    const now = new Map(found.items.map((item) => [item.id, item]));
    // What was settled stays where it stood, to be taken back there; what was taken back leaves the list of the settled.
    if (changed && (changed.settled || !settledOnes())) now.set(changed.id, changed);
    const kept = entries.length > MOST ? entries.slice(MOST) : [];
    const before = entries.filter((item) => now.has(item.id) || (item.settled && !settledOnes()) || kept.includes(item));
    const seen = new Set(before.map((item) => item.id));
    entries = [...before.map((item) => now.get(item.id) ?? item), ...found.items.filter((item) => !seen.has(item.id))];
    next = found.next;
    byId("more").hidden = !next;
    fill(byId("items"), listNode());
  } catch (error) {
    if (!error.problem) throw error;
    tell(problemNodes(error), "error");
  }
}

/** Focus the first choice of the next item that waits, from a position on, else of one before it. */
function focusOpen(from) {
  const isOpen = (item) => !item.settled || settledOnes();
  const item = entries.slice(from).find(isOpen) ?? entries.find(isOpen);
  if (item) return focusItem(item.id);
  byId("kind-heading").focus();
  return false;
}

function focusItem(id) {
  const target = byId(`item-${id}`)?.querySelector("button, a");
  target?.focus();
  return Boolean(target);
}

async function offerBranches() {
  const found = await rows("branches");
  if (found.length < 2) return;
  byId("branch-label").hidden = false;
  byId("branch").append(...found.map((branch) => h("option", { value: branch.id }, branch.name)));
  byId("branch").value = wish("branch");
}

byId("items").addEventListener("keydown", moveBy);
byId("settled").addEventListener("change", (event) => { remember({ kind: kind(), settled: event.target.checked ? "1" : "" }); open(); });
byId("branch").addEventListener("change", (event) => { remember({ branch: event.target.value }); open(); });
byId("more").addEventListener("click", (event) => press(event.currentTarget, async () => {
  const position = entries.length;
  await take(await get("work-items", query({ cursor: next })));
  fill(byId("items"), listNode());
  focusOpen(position);
}));
addEventListener("popstate", () => open());
placeList(() => open());
offerBranches();
open();
