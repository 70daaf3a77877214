// Outcomes: kept on the phone before they are sent, sent until the service itself says what became of them.
// stored, duplicate, review: delivered. conflict, refused: shown to the person, never dropped.

import { Refused, Unreachable } from "./calls.js";
import { note, trouble } from "./network.js";
import { authorised, isOpen, SignedOut } from "./session.js";
import { alone, entries, keepEntry, removeEntry } from "./store.js";
import { dayOf, today } from "./when.js";

const BATCH = 20;
const FIRST_WAIT = 2_000;
const LONGEST_WAIT = 5 * 60_000;
const STATES = { stored: "sent", duplicate: "sent", review: "review", conflict: "conflict", refused: "refused" };

export const outbox = new EventTarget();
let kept = [];
let wait = FIRST_WAIT;
let timer = 0;
let sending = null;

/** Return the entries in the order of their saving. */
export const all = () => kept;
/** Return how many wait to be sent. */
export const waiting = () => kept.filter((entry) => entry.state === "waiting").length;
/** Return how many the service did not take: a person must look. */
export const needing = () => kept.filter((entry) => ["refused", "conflict"].includes(entry.state) && !entry.settled).length;

/** Read what the phone keeps; delivered entries of former days go. */
export async function recallOutbox() {
  const found = await entries();
  const old = (entry) => dayOf(entry.saved) !== today() && (["sent", "review"].includes(entry.state) || entry.settled);
  for (const entry of found.filter(old)) await removeEntry(entry.id);
  kept = found.filter((entry) => !old(entry)).sort((a, b) => a.saved - b.saved);
  changed();
}

/** Return the outcome that stands for a household today: the latest, corrections included. */
export function standing(household) {
  const own = kept.filter((entry) => entry.household === household && !entry.settled && dayOf(entry.saved) === today());
  return own.at(-1);
}

/** Return what is known to have happened at a stop: this phone's own report, else what the team mate's phone sent. */
export function reported(stop) {
  return standing(stop.visit.household) ?? (stop.outcome ? { kind: stop.outcome.kind, state: "sent" } : undefined);
}

/** Keep an outcome, then send it. Rejects if it could not be kept; then nothing was recorded. */
export async function add(content, label) {
  const entry = {
    id: content.id, household: content.household, kind: content.kind, replaces: content.replaces,
    content, label, saved: Date.now(), state: "waiting", tries: 0, problem: null,
  };
  await keepEntry(entry);
  kept.push(entry);
  changed();
  wait = FIRST_WAIT;
  send();
}

/** Mark a refused entry as settled by another outcome; it stays in the report until tomorrow. */
export async function settle(entry) {
  await update(entry, { settled: true });
  changed();
}

/** Offer a refused entry again, as it is. */
export async function offerAgain(entry) {
  await update(entry, { state: "waiting", problem: null });
  changed();
  send();
}

/** Send what waits; one sender at a time. Failures are tried again later, with growing pauses. */
export function send() {
  sending ??= alone("send", sendAll).finally(() => { sending = null; });
  return sending;
}

async function sendAll() {
  clearTimeout(timer);
  let size = BATCH;
  try {
    for (let batch = next(size); batch.length && isOpen(); batch = next(size)) {
      note({ sending: batch.length });
      try {
        await sendBatch(batch);
      } catch (error) {
        if (!(error instanceof Refused)) throw error;
        // The whole batch was turned away: find the one at fault by sending each alone.
        if (batch.length === 1) await update(batch[0], { state: "refused", problem: error.problem });
        size = 1;
      }
      changed();
    }
    wait = FIRST_WAIT;
  } catch (error) {
    if (error instanceof Unreachable) later(error);
    else if (!(error instanceof SignedOut)) throw error;
  } finally {
    note({ sending: 0 });
    changed();
  }
}

const next = (size) => kept.filter((entry) => entry.state === "waiting").slice(0, size);

async function sendBatch(batch) {
  for (const entry of batch) entry.tries += 1;
  const outcomes = batch.map((entry) => entry.content);
  const { body } = await authorised("POST", "/api/v1/field/outcomes", { body: { outcomes } });
  const results = new Map((Array.isArray(body.results) ? body.results : []).map((result) => [result?.id, result]));
  const answered = batch.filter((entry) => results.get(entry.id)?.status in STATES);
  if (!answered.length) throw new Unreachable("foreign");
  let busy = false;
  for (const entry of answered) {
    const { status, problem } = results.get(entry.id);
    // "Refused" for a reason that passes (the service was busy) is no verdict on the outcome.
    if (status === "refused" && (problem?.status === 429 || problem?.status >= 500)) busy = true;
    else await deliver(entry, STATES[status], problem ?? null);
  }
  if (busy) throw new Unreachable("server");
}

// What the service has taken is no longer kept in words and sums: a phone is easily lost.
async function deliver(entry, state, problem) {
  const delivered = state === "sent" || state === "review";
  await update(entry, { state, problem, at: Date.now(), ...(delivered ? { content: null } : {}) });
  if (delivered) note({ why: null, sent: Date.now() });
}

function later(error) {
  note({ why: error.why });
  const pause = Math.max(error.retryAfter * 1000, wait * (0.75 + Math.random() / 2));
  wait = Math.min(wait * 2, LONGEST_WAIT);
  timer = setTimeout(send, pause);
}

async function update(entry, change) {
  await keepEntry({ ...entry, ...change });
  Object.assign(entry, change);
}

function changed() {
  outbox.dispatchEvent(new Event("changed"));
}

/** Try again at once when there is reason to believe that it works now. */
export function watch() {
  const soon = () => {
    wait = FIRST_WAIT;
    if (isOpen() && waiting()) send();
  };
  addEventListener("online", soon);
  addEventListener("offline", () => note({}));
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden && !trouble()) soon();
  });
}
