// A list of places for the villages that have none: what it would do, every cell that is no place, then one button that stores it.
import { send } from "./client.js";
import { byId, fill, h } from "./dom.js";
import { takeFiles } from "./file_drop.js";
import { press, problemNodes, tell } from "./shell.js";
import { number, say } from "./words.js";

const OUTCOMES = ["placed", "ambiguous", "unconfirmed", "unknown"];
let asking = new AbortController();
let chosen = null;

/** Let a list be chosen; `stored()` after its places were stored. */
export function placeList(stored) {
  takeFiles(byId("list-drop"), byId("list"), preview);
  for (const option of ["list-datum", "list-by-name"]) {
    byId(option).addEventListener("change", () => { if (chosen) preview(chosen); });
  }

  async function preview(file) {
    chosen = file;
    asking.abort();
    asking = new AbortController();
    const { signal } = asking;
    const report = byId("list-report");
    fill(report, h("p", { class: "waiting", role: "status" }, say("reading_list", { name: file.name })));
    try {
      const found = (await upload(file, true, signal)).data;
      const go = h("button", { type: "button", class: "primary", onclick: () => commit(go, file) }, say("store_places", { n: number(found.counts.placed) }));
      fill(report, reportNodes(found), h("div", { class: "buttons" }, go));
    } catch (error) {
      if (error.name === "AbortError") return;
      if (!error.problem) throw error;
      fill(report, problemNodes(error));
    }
    byId("list-result").focus();
  }

  async function commit(go, file) {
    const answer = await press(go, () => upload(file, false));
    if (!answer) return;
    chosen = null;
    byId("list-form").reset();
    fill(byId("list-report"));
    await stored();
    tell(answer.data.summary.join(" "));
  }
}

function upload(file, dryRun, signal) {
  const body = new FormData();
  body.append("file", file);
  const query = { dry_run: dryRun || null, datum: byId("list-datum").value, by_name: byId("list-by-name").checked || null };
  return send("villages/places", body, { query, signal });
}

function reportNodes(found) {
  const named = OUTCOMES.map((outcome) => [outcome, found.villages.filter((one) => one.outcome === outcome)]);
  return [
    h("h3", { id: "list-result", tabindex: "-1" }, say("list_result")),
    found.summary.map((sentence) => h("p", {}, sentence)),
    named.filter(([, villages]) => villages.length).map(([outcome, villages]) => h("details", {},
      h("summary", {}, `${say(`list_${outcome}`)} (${number(found.counts[outcome])})`),
      h("ul", {}, villages.map((one) => h("li", {}, one.name))))),
    found.problems.length > 0 && h("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": say("list_cells") },
      h("table", { class: "compact" },
        h("caption", {}, say("list_cells")),
        h("thead", {}, h("tr", {}, ["cell", "value_in_file", "why", "remedy"].map((name) => h("th", { scope: "col" }, say(`list_${name}`))))),
        h("tbody", {}, found.problems.map((one) => h("tr", {},
          h("th", { scope: "row" }, one.cell), h("td", {}, one.value ?? "–"), h("td", {}, one.reason), h("td", {}, one.remedy)))))),
  ];
}
