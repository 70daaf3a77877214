// The routes of today and of the published days ahead: each fetched with its ETag, its last copy kept on the phone, so
// that a morning without a network has its route. A copy holds what the API gives before the identity step: masked
// names and no debts; a day that is over is deleted.

import { facts } from "./facts.js";
import { Refused, Unreachable } from "./calls.js";
import { note } from "./network.js";
import { authorised, isOpen } from "./session.js";
import { keep, recall } from "./store.js";
import { today } from "./when.js";

export const route = new EventTarget();
// By date: {date, day, etag, at, language, listed}; of today `day` is null where there is no route. `listed` is the ETag
// of the list of days, which no proxy rewrites.
let copies = new Map();
let change = null;
let fetching = null;
let next = null;

/** Return a day's route (today's unless told): null if there is none, undefined if it is not known. */
export const day = (date = today()) => copies.get(date)?.day;
/** Return when a day's route was fetched (milliseconds). */
export const fetchedAt = (date = today()) => copies.get(date)?.at;
/** Return what the last change of today's plan did ({added, removed, moved} of stops), or null. */
export const lastChange = () => change;
/** Return the dates after today whose routes are at hand, in order. */
export const daysAhead = () => [...copies.keys()].filter((date) => date > today()).sort();

/** Return a stop of today's route, or of a day ahead, by its id. */
export function stopOf(id) {
  return copyWith(id)?.day.stops.find((stop) => stop.id === id);
}

/** Return the date of a stop if it is after today, else null. */
export function aheadOn(id) {
  const { date } = copyWith(id) ?? {};
  return date > today() ? date : null;
}

// Today's first: whoever stands at a door is there today.
function copyWith(id) {
  return [...copies.values()].sort((a, b) => (a.date < b.date ? -1 : 1))
    .find((copy) => copy.day?.stops.some((stop) => stop.id === id));
}

/** Forget that the route changed: the person has seen it. */
export function changeSeen() {
  change = null;
  route.dispatchEvent(new Event("changed"));
}

/** Take up the copies kept on the phone; those of days that are over are deleted. */
export async function recallDay() {
  copies = new Map((await recall("days") ?? []).map((copy) => [copy.date, copy]));
  await dropPast();
}

/** Fetch the routes that changed, today's first. Throws SignedOut; without a network the copies stay. */
export function fetchDay() {
  if (!fetching) {
    fetching = fetchOnce().finally(() => { fetching = null; });
    return fetching;
  }
  // What changed behind the look that is under way is seen by one more.
  next ??= fetching.catch(() => undefined).then(() => {
    next = null;
    return fetchDay();
  });
  return next;
}

async function fetchOnce() {
  await dropPast();
  note({ loading: day() === undefined });
  try {
    await takeToday();
    note({ why: null, loading: false, loaded: Date.now() });
    route.dispatchEvent(new Event("changed"));
    await takeAhead();
  } catch (error) {
    note({ loading: false });
    if (error instanceof Unreachable) note({ why: error.why });
    else if (error instanceof Refused) note({ why: "refused", said: error.message });
    else throw error;
  }
  route.dispatchEvent(new Event("changed"));
}

async function takeToday() {
  const before = day();
  try {
    await fetchCopy(today());
  } catch (error) {
    if (!(error instanceof Refused && error.status === 404)) throw error;
    await put({ date: today(), day: null, etag: null, at: Date.now(), language: facts.language });
  }
  change = difference(before, day()) ?? change;
}

// The list says which days are published and how each stands, so a day that did not change is not asked for.
async function takeAhead() {
  const { body } = await authorised("GET", "/api/v1/field/days");
  if (!Array.isArray(body.days)) throw new Unreachable("foreign");
  const listed = new Map(body.days.filter(({ date }) => date > today()).map(({ date, etag }) => [date, etag]));
  const gone = daysAhead().filter((date) => !listed.has(date));
  gone.forEach((date) => copies.delete(date));
  if (gone.length) await keepAll();
  for (const [date, etag] of listed) {
    const copy = copies.get(date);
    if (copy?.listed !== etag || copy.language !== facts.language) await fetchCopy(date, etag);
  }
}

async function fetchCopy(date, listed = null) {
  const copy = copies.get(date);
  const known = copy?.language === facts.language ? copy.etag : undefined;
  const { status, body, etag } = await authorised("GET", `/api/v1/field/days/${date}`, { etag: known });
  if (status !== 304 && !Array.isArray(body.stops)) throw new Unreachable("foreign");
  const found = status === 304 ? copy : { date, day: body, etag, language: facts.language };
  await put({ ...found, listed, at: Date.now() });
}

function put(copy) {
  copies.set(copy.date, copy);
  return keepAll();
}

// What left the storage with the access does not come back to it.
const keepAll = async () => isOpen() && keep("days", [...copies.values()]);

async function dropPast() {
  const past = [...copies.keys()].filter((date) => date < today());
  if (!past.length) return;
  past.forEach((date) => copies.delete(date));
  change = null;
  await keepAll();
}

function difference(before, after) {
  if (!before) return null;
  const old = new Map(before.stops.map((stop) => [stop.visit.household, stop]));
  const now = after?.stops ?? [];
  const known = new Set(now.map((stop) => stop.visit.household));
  const found = {
    added: now.filter((stop) => !old.has(stop.visit.household)),
    removed: before.stops.filter((stop) => !known.has(stop.visit.household)),
    moved: now.filter((stop) => old.has(stop.visit.household) && old.get(stop.visit.household).arrival !== stop.arrival),
  };
  // A reassignment takes stops away and leaves the plan's number as it is; an outcome alone changes nothing here.
  return found.added.length + found.removed.length + found.moved.length > 0 ? found : null;
}
