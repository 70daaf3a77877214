// How far an upload is: bytes sent, rows read, rows being stored; also for who comes back to the page.
import { get } from "./client.js";
import { fill, h } from "./dom.js";
import { number, say } from "./words.js";

const PAUSE = 1500;
const MEGABYTE = 1_000_000;
const SMALL = 2 * MEGABYTE;

/**
 * The nodes of one upload: sent(bytes, of), then told(row of ledgers/running). From the preview of an import `rows` and
 * `seconds` are known: while rows are stored no count can be told, but how long the same took before.
 */
export function progress(name, importing, { rows = null, seconds = null } = {}) {
  const sentence = h("p", { role: "status" }, say(importing ? "importing" : "reading", { name }));
  const bar = h("progress", { max: 1, "aria-label": say("how_far") });
  const leave = h("p", { class: "hint", hidden: true }, say("may_leave"));
  const time = h("p", { class: "hint" });
  const element = h("div", { class: "progress" }, sentence, bar, time, leave);

  function part(done, of) {
    if (of && done < of) { bar.max = of; bar.value = done; } else bar.removeAttribute("value");
  }

  function sent(bytes, of) {
    if (of < SMALL) return;
    part(bytes, of);
    sentence.textContent = bytes < of
      ? say("sending", { name, done: megabytes(bytes), of: megabytes(of) })
      : say(importing ? "importing" : "reading", { name });
  }

  function told(one) {
    leave.hidden = !importing;
    time.textContent = say(seconds ? "so_far_of" : "so_far", { seconds: number(spent(one)), of: number(seconds) });
    if (one.phase === "storing") {
      part(spent(one), seconds);
      sentence.textContent = say(importing ? "storing" : "trying", { name, rows: number(one.rows) });
    } else {
      part(one.rows, rows);
      sentence.textContent = rows
        ? say("rows_read_of", { name, rows: number(one.rows), of: number(rows) })
        : say("rows_read", { name, rows: number(one.rows) });
    }
  }
  return { element, sent, told };
}

const spent = (one) => Math.max(1, Math.round((Date.now() - Date.parse(one.created_at)) / 1000));
const megabytes = (bytes) => number(Math.round(bytes / MEGABYTE * 10) / 10);

/** While `work` is on its way, tell `shown` how far it is. */
export async function watched(work, shown, importing) {
  let over = false;
  work.catch(() => {}).finally(() => { over = true; });
  await pause();
  while (!over) {
    const one = (await running()).find((row) => row.dry_run !== importing);
    if (one && !over) shown.told(one);
    await pause();
  }
}

/** Follow an import that went on while nobody looked; `ended(its row)` when it is no longer on its way. */
export async function followRunning(box, ended) {
  let [one] = (await running()).filter((row) => !row.dry_run);
  if (!one) return;
  const shown = progress(one.filename, true);
  fill(box, shown.element);
  const followed = one;
  while (one) {
    shown.told(one);
    await pause();
    one = (await running()).find((row) => row.id === followed.id);
  }
  fill(box);
  ended(followed);
}

const pause = () => new Promise((done) => { setTimeout(done, PAUSE); });

/** The uploads on their way; none where the service cannot say: the upload itself tells what is wrong. */
async function running() {
  try {
    return (await get("ledgers/running")).items;
  } catch (error) {
    if (!error.problem) throw error;
    return [];
  }
}
