// Ledgers: what a file would do, what past imports did, and what is on its way.
import { remember, wish } from "./address.js";
import { get } from "./client.js";
import { byId, fill, h } from "./dom.js";
import { showPast } from "./ledger_past.js";
import { followRunning } from "./ledger_progress.js";
import { reportNodes } from "./ledger_report.js";
import { uploadForm } from "./ledger_upload.js";
import { forget } from "./rows.js";
import { show, tell } from "./shell.js";
import { say } from "./words.js";

const report = byId("report");

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
}

async function open(id) {
  remember({ report: id, severity: "", code: "" }, true);
  await showReport();
  byId("report-heading").focus();
}

uploadForm(report, (id) => { remember({ report: id, severity: "", code: "" }); changed(); });
showPast(open);
showReport();
followRunning(byId("running"), async (name) => {
  const newest = (await get("ledgers", { limit: 1 })).items[0];
  if (newest?.filename !== name) return tell(say("running_without", { name }), "error");
  tell(say("running_done", { name }));
  remember({ report: newest.id, severity: "", code: "" });
  return changed();
});
addEventListener("popstate", () => { showReport(); showPast(open); });
