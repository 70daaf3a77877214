// Ledgers: what a file would do, what past imports did, and what is on its way.
import { page, remember, wish } from "./address.js";
import { get } from "./client.js";
import { byId, fill, h } from "./dom.js";
import { showPast } from "./ledger_past.js";
import { followRunning } from "./ledger_progress.js";
import { reportNodes } from "./ledger_report.js";
import { uploadForm } from "./ledger_upload.js";
import { forget } from "./rows.js";
import { show, tell } from "./shell.js";
import { number, say } from "./words.js";

const report = byId("report");

/** What ledgers left for people to settle: counts that lead to the work lists. */
const showWaiting = () => show(byId("waiting"), async () => {
  const counts = await get("work-items/counts");
  const line = (key, ...kinds) => {
    const count = kinds.reduce((sum, kind) => sum + (counts[kind] ?? 0), 0);
    return count > 0 && h("li", {}, h("a", { href: page("work", { kind: kinds.find((kind) => counts[kind]) }) }, say(`waiting_${key}`, { n: number(count) })));
  };
  const lines = [line("missing_loan", "missing_loan"), line("refused_row", "refused_row"), line("merges", "village_merge", "household_merge", "shared_identity")].filter(Boolean);
  return lines.length ? h("ul", { class: "notice links" }, lines) : null;
});

/** Show the report of the import that the address names, or what this page is for. */
const showReport = () => show(fill(report), async () => {
  const id = wish("report");
  if (!id) return h("p", { class: "empty" }, say("report_empty"));
  return reportNodes(await get(`ledgers/${id}`, problemsWished()), { load: (cursor) => get(`ledgers/${id}`, { ...problemsWished(), cursor }), changed });
});

const problemsWished = () => ({ severity: wish("severity"), code: wish("code") });

/** After an import was stored or undone: everything on the page anew. */
function changed() {
  forget();
  showReport();
  showPast(open);
  showWaiting();
}

async function open(id) {
  remember({ report: id, severity: "", code: "" }, true);
  await showReport();
  byId("report-heading").focus();
}

uploadForm(report, (id) => { remember({ report: id, severity: "", code: "" }); changed(); });
showPast(open);
showWaiting();
showReport();
followRunning(byId("running"), async ({ filename: name, created_at: began }) => {
  const newest = (await get("ledgers", { limit: 1 })).items[0];
  if (newest?.filename !== name || Date.parse(newest.created_at) < Date.parse(began)) return tell(say("running_without", { name }), "error");
  tell(say("running_done", { name }));
  remember({ report: newest.id, severity: "", code: "" });
  return changed();
});
addEventListener("popstate", () => { showReport(); showPast(open); });
