// The page's sentences (made by the server in the reader's language), numbers, times and dates.

const read = (element) => JSON.parse(element.textContent);
const words = Object.assign({}, ...[...document.querySelectorAll("script.words")].map(read));

/** What the server says about this page: csrf, today, zone, language. */
export const setting = read(document.getElementById("setting"));

/** The sentence of this key, with `{name}` filled in. An unknown key shows itself and is an error in the console, which tests watch. */
export function say(key, facts = {}) {
  if (!(key in words)) console.error(`no sentence for ${key}`);
  const sentence = words[key] ?? key;
  return sentence.replace(/\{(\w+)\}/g, (all, name) => (name in facts ? String(facts[name]) : all));
}

/** The sentence of this key, or `otherwise` if the page has none (codes that the API adds later). */
export const sayOr = (key, otherwise) => (key in words ? say(key) : otherwise);

const plain = new Intl.NumberFormat(setting.language);
const whole = new Intl.NumberFormat(setting.language, { maximumFractionDigits: 0 });
const cents = new Intl.NumberFormat(setting.language, { minimumFractionDigits: 2, maximumFractionDigits: 2 });
const collator = new Intl.Collator(setting.language, { numeric: true });

export const number = (value) => (value === null || value === undefined ? "–" : plain.format(Number(value)));
/** What a visit is worth: an estimate, so without cents. */
export const worth = (value) => (value === null || value === undefined ? "–" : whole.format(Number(value)));
/** An amount that somebody promised or paid. */
export const money = (value) => cents.format(Number(value));
export const compare = (a, b) =>
  typeof a === "number" && typeof b === "number" ? a - b : collator.compare(String(a ?? ""), String(b ?? ""));

/** Minutes as words: 95 → "1 h 35 min". */
export function duration(minutes) {
  if (minutes === null || minutes === undefined) return "–";
  const rounded = Math.round(minutes);
  if (rounded < 60) return say("minutes", { n: rounded });
  return say("hours", { h: Math.trunc(rounded / 60), m: String(rounded % 60).padStart(2, "0") });
}

/** A date (YYYY-MM-DD) with its weekday, in the reader's language. */
export function day(iso, form = { weekday: "short", day: "numeric", month: "short" }) {
  if (!iso) return "–";
  return new Intl.DateTimeFormat(setting.language, { ...form, timeZone: "UTC" }).format(new Date(`${iso}T00:00:00Z`));
}

/** A moment (ISO, UTC) as date and time in the county. */
export function moment(iso) {
  if (!iso) return "–";
  const form = { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone: setting.zone };
  return new Intl.DateTimeFormat(setting.language, form).format(new Date(/Z|[+-]\d\d:?\d\d$/.test(iso) ? iso : `${iso}Z`));
}

/** Minutes between two times of day, "08:30" and "17:10". */
export function between(start, end) {
  const minutes = (clock) => Number(clock.slice(0, 2)) * 60 + Number(clock.slice(3, 5));
  return minutes(end) - minutes(start);
}

/** The date `count` days after an ISO date. */
export function plusDays(iso, count) {
  const date = new Date(`${iso}T00:00:00Z`);
  date.setUTCDate(date.getUTCDate() + count);
  return date.toISOString().slice(0, 10);
}
