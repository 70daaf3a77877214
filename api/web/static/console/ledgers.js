// Ledgers: preview a file, import it, and read the report of every row.
import { page, remember, wish } from "./address.js";
import { all, call, get } from "./client.js";
import { byId, fill, h } from "./dom.js";
import { undoNodes } from "./import_undo.js";
import { forget, rows } from "./rows.js";
import { beside, press, problemNodes, show, tell } from "./shell.js";
import { table } from "./table.js";
import { moment, number, say, sayOr } from "./words.js";

const KINDS = ["new", "updated", "unchanged", "flagged", "refused"];
const report = byId("report");

function reportNodes(found) {
  const title = found.id
    ? say("is_import", { name: found.filename ?? "", at: moment(found.created_at) })
    : say("is_preview", { name: found.filename ?? "" });
  const undone = found.status === "undone";
  return [
    h("p", { class: found.id ? "lead" : "lead preview" }, title, undone && h("strong", { class: "bad" }, ` · ${say("undone_mark")}`)),
    counts(found),
    problemTable(found),
    columnsRead(found.columns ?? {}),
    found.id && !undone && h("p", {}, h("a", { class: "button", href: page("plans") }, say("plan_next"))),
    found.id && !undone && undoNodes(found, () => { forget(); showReport(); show(byId("past"), past); }),
  ];
}

function counts(found) {
  const figure = (text, value, href, kind) =>
    h("div", { class: kind }, h("dt", {}, text), h("dd", {}, href ? h("a", { href }, number(value)) : number(value)));
  const link = (kind) => (["flagged", "refused"].includes(kind) && found.rows[kind] > 0
    ? page("ledgers", { report: found.id, severity: kind }) : null);
  return h("dl", { class: "figures" },
    KINDS.map((kind) => figure(say(`rows_${kind}`), found.rows[kind], found.id ? link(kind) : null, kind)),
    found.villages_created > 0 && figure(say("villages_created"), found.villages_created, page("map", { only: "no_territory" })),
    found.households_created > 0 && figure(say("households_created"), found.households_created));
}

function problemTable(found) {
  const severity = wish("severity");
  const shown = found.problems.filter((problem) => !severity || problem.severity === severity);
  const columns = [
    { key: "row", title: say("row"), numeric: true },
    { key: "column", title: say("column") },
    { key: "value", title: say("value_in_file"), cell: (one) => h("code", {}, one.value ?? "–") },
    { key: "severity", title: say("severity"), value: (one) => sayOr(`severity_${one.severity}`, one.severity ?? "") },
    { key: "reason", title: say("why") },
    { key: "remedy", title: say("remedy") },
  ];
  return [
    severity && h("p", {}, sayOr(`severity_${severity}`, severity), " · ",
      h("a", { href: page("ledgers", { report: found.id }) }, say("show_all"))),
    table({
      name: "problems", columns, rows: shown, caption: say("problems_caption"), filter: shown.length > 8,
      empty: h("p", {}, say("no_problems")), mark: (one) => one.severity,
    }),
    found.problems_left_out > 0 && h("p", { class: "hint" }, say("problems_left_out", { n: number(found.problems_left_out) })),
  ];
}

function columnsRead(columns) {
  const pairs = Object.entries(columns);
  if (!pairs.length) return null;
  return h("details", {}, h("summary", {}, say("columns_read")),
    h("table", { class: "compact" },
      h("thead", {}, h("tr", {}, h("th", { scope: "col" }, say("column_of_file")), h("th", { scope: "col" }, say("read_as")))),
      h("tbody", {}, pairs.map(([heading, field]) => h("tr", {}, h("th", { scope: "row" }, heading), h("td", {}, String(field)))))));
}

async function past() {
  const found = (await all("ledgers")).sort((a, b) => String(b.created_at).localeCompare(String(a.created_at)));
  const columns = [
    { key: "created_at", title: say("when"), cell: (one) => moment(one.created_at) },
    { key: "filename", title: say("file_name"), value: (one) => (one.status === "undone" ? `${one.filename} · ${say("undone_mark")}` : one.filename) },
    { key: "refused", title: say("rows_refused"), numeric: true, value: (one) => one.rows.refused },
  ];
  return table({
    name: "past", columns, rows: found, caption: say("past_caption"), empty: h("p", {}, say("past_empty")),
    choose: open, isCurrent: (one) => one.id === wish("report"),
  });
}

async function open(chosen) {
  remember({ report: chosen.id, severity: "" }, true);
  await showReport();
  byId("report-heading").focus();
}

const showReport = () => show(fill(report), async () => {
  const id = wish("report");
  if (!id) return h("p", { class: "empty" }, say("report_empty"));
  return reportNodes(await get(`ledgers/${id}`));
});

function upload() {
  const form = byId("upload");
  const file = byId("file");
  const go = byId("import");
  const reset = () => { go.disabled = true; go.textContent = goText; go.classList.remove("primary"); };
  const goText = go.textContent;
  file.addEventListener("change", reset);
  byId("branch").addEventListener("change", reset);
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    reset();
    remember({ report: "", severity: "" });
    const found = await send(byId("preview"), true);
    if (!found) return;
    fill(report, reportNodes(found));
    const count = found.rows.new + found.rows.updated + found.rows.flagged;
    go.disabled = count + found.rows.unchanged === 0;
    go.textContent = say("would_import", { n: number(count + found.rows.unchanged) });
    go.classList.add("primary");
    byId("report-heading").focus();
  });
  go.addEventListener("click", async () => {
    const found = await send(go, false);
    if (!found) return;
    reset();
    form.reset();
    remember({ report: found.id });
    fill(report, reportNodes(found));
    tell(say("imported", { new: number(found.rows.new), updated: number(found.rows.updated) }));
    forget();
    show(byId("past"), past);
  });
  beside(rows("branches").then((branches) => {
    byId("branch").append(...branches.map((one) => h("option", { value: one.id }, `${one.name} (${one.code})`)));
  }));
}

function send(button, dryRun) {
  const file = byId("file").files[0];
  if (!file) return undefined;
  const form = new FormData();
  form.append("file", file);
  fill(report, h("p", { class: "waiting", role: "status" }, say(dryRun ? "reading" : "importing", { name: file.name })));
  return press(button, async () => {
    try {
      const query = { dry_run: dryRun || null, branch: byId("branch").value };
      return (await call("POST", "ledgers", { body: form, query })).data;
    } catch (error) {
      if (error.problem) fill(report, problemNodes(error));
      throw error;
    }
  });
}

upload();
show(byId("past"), past);
showReport();
addEventListener("popstate", showReport);
