// One outcome as the service wants it (schemas/field.py, NewOutcome).

import { deviceTime } from "./when.js";

export const KINDS = [
  "not_met", "met", "promise", "paid", "refuses", "moved", "deceased_to_verify", "asked_to_be_left_alone",
];

/** Return a new UUIDv7 (RFC 9562): the phone names its outcomes itself, so sending twice is harmless. */
export function newId(now = Date.now()) {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  for (let place = 0; place < 6; place += 1) bytes[place] = Math.floor(now / 2 ** (8 * (5 - place))) % 256;
  bytes[6] = 0x70 | (bytes[6] & 0x0f);
  bytes[8] = 0x80 | (bytes[8] & 0x3f);
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}

/** Return an amount as the service wants it ("1200.00"), or null if it is none. Full-width digits are read too. */
export function amountOf(typed) {
  const plain = typed.normalize("NFKC").replace(/[\s,，¥￥元]/g, "");
  if (!/^\d{1,12}(\.\d{1,2})?$/.test(plain) || Number(plain) === 0) return null;
  const [whole, cents = ""] = plain.split(".");
  return `${whole.replace(/^0+(?=\d)/, "")}.${cents.padEnd(2, "0")}`;
}

/** Return the outcome for a stop. `given`: kind, amount, on, receipt, note; `gps` and `replaces` may be null. */
export function outcomeFor(stop, planVersion, given, { gps = null, replaces = null } = {}) {
  const content = {
    id: newId(), stop: stop.id, household: stop.visit.household, plan_version: planVersion, kind: given.kind,
    device_time: deviceTime(), gps, note: given.note, replaces,
  };
  if (given.kind === "promise") content.promise = { on: given.on, amount: given.amount };
  if (given.kind === "paid") content.paid = { amount: given.amount, receipt: given.receipt || null };
  return content;
}
