// Set up an office from a workbook: what it would do, every cell that needs mending, then one button that stores it.
import { page, remember, wish } from "./address.js";
import { send } from "./client.js";
import { byId, fill, h } from "./dom.js";
import { showExports } from "./exports.js";
import { takeFiles } from "./file_drop.js";
import { press, problemNodes, tell } from "./shell.js";
import { number, say, sayOr } from "./words.js";

const COUNTS = ["new", "updated", "unchanged"];
const report = byId("report");
const input = byId("file");
let asking = new AbortController();

async function preview(file) {
  asking.abort();
  asking = new AbortController();
  const { signal } = asking;
  fill(report, h("p", { class: "waiting", role: "status" }, say("reading", { name: file.name })));
  report.setAttribute("aria-busy", "true");
  try {
    const found = (await upload(file, true, signal)).data;
    fill(report, previewNodes(file, found));
  } catch (error) {
    if (error.name === "AbortError") return;
    if (!error.problem) throw error;
    fill(report, refusedNodes(error));
  } finally {
    if (!signal.aborted) report.removeAttribute("aria-busy"); // a newer upload is still being read
  }
  byId("report-heading").focus();
}

function upload(file, dryRun, signal) {
  const body = new FormData();
  body.append("file", file);
  return send("setup", body, { query: { dry_run: dryRun || null }, signal });
}

function previewNodes(file, found) {
  const changes = found.sheets.reduce((sum, one) => sum + one.new + one.updated, 0);
  const go = h("button", { type: "button", class: "primary", id: "import", onclick: () => commit(go, file) }, say("set_up", { n: number(changes) }));
  return [
    h("p", { class: "lead preview" }, say("is_preview", { name: file.name })),
    h("div", { class: "next-step" }, changes ? [go, h("p", {}, say("set_up_hint"))] : h("p", {}, say("nothing_new"))),
    sheetsNodes(found),
  ];
}

async function commit(go, file) {
  const answer = await press(go, () => upload(file, false).catch((error) => {
    if (error.problem) fill(report, refusedNodes(error));
    throw error;
  }));
  if (!answer) return;
  byId("upload").reset();
  tell(say("stored", { name: file.name }));
  fill(report,
    sheetsNodes(answer.data),
    h("div", { class: "buttons" },
      h("a", { class: "button", href: page("ledgers") }, say("then_ledger")),
      h("a", { class: "button", href: page("map") }, say("then_map"))));
  byId("report-heading").focus();
}

/** What becomes of the rows of each sheet, and what was not looked at. */
function sheetsNodes(found) {
  const names = (keys) => keys.map((key) => sayOr(`sheet_${key}`, key)).join(", ");
  return [
    h("table", { class: "compact" },
      h("caption", {}, say("sheets_caption")),
      h("thead", {}, h("tr", {}, h("th", { scope: "col" }, say("sheet")),
        COUNTS.map((key) => h("th", { scope: "col", class: "numeric" }, say(`rows_${key}`))))),
      h("tbody", {}, found.sheets.map((one) => h("tr", {}, h("th", { scope: "row" }, names([one.sheet])),
        COUNTS.map((key) => h("td", { class: "numeric" }, number(one[key]))))))),
    found.warnings.length > 0 && h("ul", { class: "warnings" },
      found.warnings.map((one) => h("li", {}, h("span", { "aria-hidden": "true" }, "⚠ "), one.message))),
    found.left_to_others.length > 0 && h("p", { class: "hint" }, say("left_to_others", { sheets: names(found.left_to_others) })),
    found.ignored_sheets.length > 0 && h("p", { class: "hint" }, say("ignored_sheets", { sheets: found.ignored_sheets.join(", ") })),
  ];
}

/** The cells that need mending, sheet by sheet as the workbook has them. */
function refusedNodes(error) {
  const problems = error.problem.problems ?? [];
  if (!problems.length) return problemNodes(error);
  const body = h("tbody");
  const sheets = [...new Set(problems.map((one) => one.sheet))];
  const draw = () => {
    const sheet = sheets.includes(wish("sheet")) ? wish("sheet") : "";
    fill(body, problems.filter((one) => !sheet || one.sheet === sheet).map(line));
  };
  const choice = h("select", { onchange: () => { remember({ sheet: choice.value }); draw(); } },
    h("option", { value: "" }, `${say("all")} (${number(problems.length)})`),
    sheets.map((name) => h("option", { value: name, selected: name === wish("sheet") },
      `${name} (${number(problems.filter((one) => one.sheet === name).length)})`)));
  draw();
  const more = error.problem.problems_left_out;
  return [
    h("div", { class: "notice error", role: "alert" }, h("p", {}, error.message), h("p", {}, say("mend_and_again"))),
    sheets.length > 1 && h("div", { class: "filters" }, h("label", {}, say("sheet"), choice)),
    h("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": say("cells_caption") },
      h("table", { class: "problems" }, h("caption", { class: "hidden" }, say("cells_caption")),
        h("thead", {}, h("tr", {}, ["sheet", "cell", "column", "value_in_file", "why", "remedy"].map((key) =>
          h("th", { scope: "col" }, say(key))))), body)),
    more > 0 && h("p", { class: "hint" }, say("problems_left_out", { n: number(more) })),
  ];
}

function line(one) {
  return h("tr", { class: "refused" },
    h("th", { scope: "row" }, one.sheet),
    h("td", {}, one.cell ?? (one.row ? say("row_is", { row: number(one.row) }) : "–")),
    h("td", {}, one.column ?? "–"),
    h("td", {}, h("code", {}, one.value || "–")),
    h("td", {}, one.reason),
    h("td", {}, one.remedy));
}

byId("upload").addEventListener("submit", (event) => event.preventDefault());
takeFiles(byId("drop"), input, preview);
fill(report, h("p", { class: "empty" }, say("report_empty")));
showExports();
