// Today's route: fetched with an ETag, its last copy kept on the phone for a reload without a network.
// The copy holds what the API gives before the identity step: masked names and no debts.

import { facts } from "./facts.js";
import { Refused, Unreachable } from "./calls.js";
import { note } from "./network.js";
import { authorised } from "./session.js";
import { forget, keep, recall } from "./store.js";
import { today } from "./when.js";

export const route = new EventTarget();
// {day, etag, at, language} or undefined; `day` is null where there is no route today.
let copy;
let change = null;
let fetching = null;

/** Return today's route, null if there is none, undefined if it is not known yet. */
export const day = () => copy?.day;
/** Return when the route was fetched (milliseconds). */
export const fetchedAt = () => copy?.at;
/** Return what the last change of the plan did ({added, removed, moved} of stops), or null. */
export const lastChange = () => change;

/** Return a stop of today's route by its id. */
export function stopOf(id) {
  return copy?.day?.stops.find((stop) => stop.id === id);
}

/** Forget that the route changed: the person has seen it. */
export function changeSeen() {
  change = null;
  route.dispatchEvent(new Event("changed"));
}

/** Take up the copy kept on the phone; one of another day is deleted. */
export async function recallDay() {
  copy = await recall("day");
  if (copy && copy.date !== today()) await dropDay();
}

/** Forget the route, here and on the phone. */
export async function dropDay() {
  copy = undefined;
  change = null;
  await forget("day");
}

/** Fetch today's route if it changed. Throws SignedOut; without a network the copy stays. */
export function fetchDay() {
  fetching ??= fetchOnce().finally(() => { fetching = null; });
  return fetching;
}

async function fetchOnce() {
  const date = today();
  if (copy && copy.date !== date) await dropDay();
  note({ loading: copy === undefined });
  try {
    const etag = copy?.language === facts.language ? copy.etag : undefined;
    const answer = await authorised("GET", `/api/v1/field/days/${date}`, { etag });
    await take(date, answer);
    note({ why: null, loading: false, loaded: Date.now() });
  } catch (error) {
    note({ loading: false });
    if (error instanceof Unreachable) note({ why: error.why });
    else if (error instanceof Refused && error.status === 404) await take(date, { status: 200, body: null });
    else if (error instanceof Refused) note({ why: "refused", said: error.message });
    else throw error;
  }
  route.dispatchEvent(new Event("changed"));
}

async function take(date, answer) {
  const at = Date.now();
  if (answer.status === 304) {
    copy.at = at;
  } else {
    if (answer.body && !Array.isArray(answer.body.stops)) throw new Unreachable("foreign");
    change = difference(copy?.day, answer.body) ?? change;
    copy = { date, day: answer.body, etag: answer.etag, at, language: facts.language };
  }
  await keep("day", copy);
}

function difference(before, after) {
  if (!before || before.plan_version === after?.plan_version) return null;
  const old = new Map(before.stops.map((stop) => [stop.visit.household, stop]));
  const now = after?.stops ?? [];
  const known = new Set(now.map((stop) => stop.visit.household));
  return {
    added: now.filter((stop) => !old.has(stop.visit.household)),
    removed: before.stops.filter((stop) => !known.has(stop.visit.household)),
    moved: now.filter((stop) => old.has(stop.visit.household) && old.get(stop.visit.household).arrival !== stop.arrival),
  };
}
