// How a plan is shown wherever it stands: its status, its progress with numbers, its figures.
import { get } from "./client.js";
import { h } from "./dom.js";
import { duration, number, say, sayOr, worth, setting } from "./words.js";

const MARKS = { queued: "…", running: "…", ready: "○", published: "●", failed: "✕", cancelled: "–" };
const FIRST_WAIT = 700;
const LONGEST_WAIT = 5000;

/** A status as a word with a sign; colour only adds to it. */
export function statusNode(status) {
  return h("span", { class: `status ${status}` },
    h("span", { "aria-hidden": "true" }, `${MARKS[status] ?? "?"} `), sayOr(`status_${status}`, status));
}

export const isUnderWay = (plan) => plan.status === "queued" || plan.status === "running";

/** A bar and the numbers behind it. */
export function progressNodes(plan) {
  const { done = 0, of = 0, value } = plan.progress ?? {};
  const text = plan.status === "queued"
    ? say("progress_waiting")
    : [say("progress", { done: number(done), of: number(of) }), value && say("progress_value", { value: worth(value) })]
        .filter(Boolean).join(" · ");
  return h("div", { class: "progress" },
    h("progress", { max: of || 1, value: done, "aria-label": text }), h("p", {}, text));
}

/**
 * Ask for a plan again and again until it is done, calling `seen` with each answer (with the routes of today only).
 * Ends when `signal` is aborted; a failing network is waited out, other problems are thrown.
 */
export async function follow(id, seen, signal) {
  for (let wait = FIRST_WAIT; ; wait = Math.min(wait * 1.3, LONGEST_WAIT)) {
    const plan = await once(id, signal);
    if (signal.aborted) return;
    if (plan) {
      seen(plan);
      if (!isUnderWay(plan)) return;
    }
    await new Promise((resolve) => setTimeout(resolve, wait));
    if (signal.aborted) return;
  }
}

async function once(id, signal) {
  try {
    return await get(`plans/${id}`, { date: setting.today }, signal);
  } catch (error) {
    if (error.name === "AbortError" || error.status === 0) return null;
    throw error;
  }
}

/** The figures of a plan; `links` give where a number leads, by the figure's name. */
export function figuresNodes(figures, links = {}) {
  const shown = [
    ["planned", number(figures.planned)], ["unplanned", number(figures.unplanned)],
    ["not_wanted", number(figures.not_wanted)], ["value", worth(figures.value)],
    ["teams", number(figures.teams)], ["villages", number(figures.villages)],
    ["drive_min", duration(figures.drive_min)], ["walk_min", duration(figures.walk_min)],
    ["distance", figures.km === undefined ? "–" : say("km", { n: number(figures.km) })],
  ];
  return h("dl", { class: "figures" }, shown.map(([name, text]) =>
    h("div", {}, h("dt", {}, say(name === "drive_min" ? "drive" : name === "walk_min" ? "walk" : `figure_${name}`)),
      h("dd", {}, links[name] ? h("a", { href: links[name] }, text) : text))));
}
