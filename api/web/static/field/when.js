// Days and moments. A day is counted in the county's time zone, whatever the phone is set to.

import { facts } from "./facts.js";

const inCounty = new Intl.DateTimeFormat("en-CA", {
  timeZone: facts.timeZone, year: "numeric", month: "2-digit", day: "2-digit",
});
const clock = new Intl.DateTimeFormat("en-GB", { timeZone: facts.timeZone, hour: "2-digit", minute: "2-digit" });
// The phone's clock minus the server's, in milliseconds, as of the last answer.
let skew = 0;

/** Learn from an answer's Date header how far the phone's clock is off. */
export function learnClock(header) {
  const server = Date.parse(header ?? "");
  if (!Number.isNaN(server)) skew = Date.now() - server;
}

/** Return by how many minutes the phone's clock is off (whole minutes, 0 if nearly right). */
export function clockOff() {
  return Math.abs(skew) < 3 * 60_000 ? 0 : Math.round(Math.abs(skew) / 60_000);
}

/** Return today's date, YYYY-MM-DD; a wrong phone clock does not fetch the wrong day. */
export function today() {
  return inCounty.format(Date.now() - (clockOff() ? skew : 0));
}

/** Return the date `days` after `day`. */
export function dayAfter(day, days) {
  const moment = new Date(`${day}T00:00:00Z`);
  moment.setUTCDate(moment.getUTCDate() + days);
  return moment.toISOString().slice(0, 10);
}

/** Return a date as people write it: Tue 24 Nov, 11月24日周二. */
export function dayInWords(day) {
  return new Intl.DateTimeFormat(facts.language === "en" ? "en-GB" : facts.language, {
    weekday: "short", day: "numeric", month: "short", timeZone: "UTC",
  }).format(new Date(`${day}T00:00:00Z`));
}

/** Return the time of day of a moment (milliseconds), HH:MM in the county. */
export function timeOf(moment) {
  return clock.format(moment);
}

/** Return the county's time of day now, HH:MM; a wrong phone clock does not tell a wrong one. */
export const timeNow = () => timeOf(Date.now() - (clockOff() ? skew : 0));

/** Return a moment (milliseconds) in words: the time alone if it was today, else with its date. */
export function momentInWords(moment) {
  return dayOf(moment) === today() ? timeOf(moment) : `${dayInWords(dayOf(moment))} ${timeOf(moment)}`;
}

/** Return the county's date of a moment (milliseconds). */
export function dayOf(moment) {
  return inCounty.format(moment);
}

/** Return now as the phone's own clock has it, ISO 8601 with its offset. */
export function deviceTime(moment = new Date()) {
  const offset = -moment.getTimezoneOffset();
  const sign = offset < 0 ? "-" : "+";
  const two = (number) => String(Math.floor(Math.abs(number))).padStart(2, "0");
  const local = new Date(moment.getTime() + offset * 60_000).toISOString().slice(0, 19);
  return `${local}${sign}${two(offset / 60)}:${two(offset % 60)}`;
}
