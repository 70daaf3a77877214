// Upload a ledger: a preview as soon as a file is there and after every change, then one button that imports.
import { remember } from "./address.js";
import { get, send } from "./client.js";
import { byId, fill, h } from "./dom.js";
import { takeFiles } from "./file_drop.js";
import { columnsNodes } from "./ledger_columns.js";
import { progress, watched } from "./ledger_progress.js";
import { reportNodes } from "./ledger_report.js";
import { rows } from "./rows.js";
import { beside, press, problemNodes, tell } from "./shell.js";
import { number, say } from "./words.js";

/** Make the form work. Previews are shown in `report`; `imported(id)` is called after an import. */
export function uploadForm(report, imported) {
  const form = byId("upload");
  const input = byId("file");
  let file = null;
  let mapping = null;
  let sheet = "";
  let known = null; // of the last preview: how many rows, and the seconds it took
  let importing = false;
  let asking = new AbortController();

  function take(chosen) {
    [file, mapping, sheet, known] = [chosen, null, "", null];
    tell("");
    remember({ report: "", severity: "", code: "" });
    preview("report-heading");
  }

  /** Read the file as the form says now; the last report stays until the next is there. */
  async function preview(focus = null) {
    if (!file || importing) return;
    asking.abort();
    asking = new AbortController();
    const { signal } = asking;
    const shown = progress(file.name, false, known ?? {});
    const began = Date.now();
    put(shown.element);
    report.setAttribute("aria-busy", "true");
    try {
      const [found, fields] = await Promise.all([upload(shown, true, signal), ledgerFields()]);
      known = { rows: KINDS.reduce((sum, kind) => sum + found.rows[kind], 0), seconds: Math.ceil((Date.now() - began) / 1000) };
      sheets(found);
      fill(report, reportNodes(found, { commit: commitNodes(found), correct: correction(found), fields }));
    } catch (error) {
      if (error.name === "AbortError") return;
      if (!error.problem) throw error;
      await refused(error);
    } finally {
      if (!signal.aborted) report.removeAttribute("aria-busy");
    }
    // What was chosen in the report was drawn anew; the focus goes back to it unless it went on meanwhile.
    if (focus && [document.body, input].includes(document.activeElement)) byId(focus)?.focus();
  }

  /** Put the progress above the last report, or in its place where there is none of this file. */
  function put(element) {
    const last = report.querySelector(".progress, .empty");
    if (last?.classList.contains("progress")) last.remove();
    if (known === null) fill(report, element);
    else report.prepend(element);
  }

  /** Why nothing can be read; where it is for the columns, with the means to tell which is which. */
  async function refused(error) {
    const layout = error.problem.facts?.layout;
    const fields = layout ? await ledgerFields() : [];
    fill(report, problemNodes(error), layout && h("p", {}, say("columns_refused")), layout && columnsNodes({ layout }, correction({ layout }), fields));
  }

  /** Tell that a column is another field: the corrections that hold, and this one. */
  const correction = (found) => (header, field, focus) => {
    const held = found.layout.filter((one) => one.told).map((one) => [one.header, one.field ?? ""]);
    mapping = header === null ? {} : { ...Object.fromEntries(held), [header]: field };
    preview(focus);
  };

  async function upload(shown, dryRun, signal, confirm = false) {
    const body = new FormData();
    body.append("file", file);
    if (mapping) body.append("mapping", JSON.stringify(mapping));
    const complete = byId("complete").checked;
    const classes = complete ? [...form.querySelectorAll("[name=classes]:checked")].map((box) => box.value).join(",") : "";
    const query = { dry_run: dryRun || null, branch: byId("branch").value, complete: complete || null, classes, sheet, confirm: confirm || null };
    const work = send("ledgers", body, { query, signal, sent: shown.sent });
    watched(work, shown, !dryRun);
    return (await work).data;
  }

  /** The button that imports; where half a ledger would go missing only after a tick. */
  function commitNodes(found) {
    const count = KINDS.reduce((sum, kind) => sum + (kind === "refused" ? 0 : found.rows[kind]), 0);
    if (!count) return h("p", { class: "notice error" }, say("nothing_to_import"));
    const sure = found.confirm_needed ? h("input", { type: "checkbox", id: "sure" }) : null;
    const go = h("button", { type: "button", class: "primary", id: "import", onclick: () => commit(go, sure) }, say("would_import", { n: number(count) }));
    const why = h("p", { class: "field-error", id: "sure-error", role: "alert" });
    return h("div", { class: "next-step" },
      sure && h("label", { class: "check" }, sure, say("sure", { missing: number(found.rows.missing) })), why, go,
      h("p", {}, say(found.rows.refused ? "import_but_refused" : "import_all", { refused: number(found.rows.refused) })));
  }

  async function commit(go, sure) {
    if (sure && !sure.checked) {
      byId("sure-error").textContent = say("sure_needed");
      sure.setAttribute("aria-describedby", "sure-error");
      sure.focus();
      return;
    }
    const shown = progress(file.name, true, known);
    put(shown.element);
    shown.element.scrollIntoView({ block: "nearest" });
    importing = true;
    const found = await press(go, () => upload(shown, false, undefined, Boolean(sure)));
    importing = false;
    shown.element.remove();
    if (!found) return;
    form.reset();
    scope();
    file = null;
    tell(say("imported", { new: number(found.rows.new), updated: number(found.rows.updated) }));
    imported(found.id);
    byId("report-heading").focus();
  }

  /** Offer the sheets of a workbook that has several. */
  function sheets(found) {
    const choice = byId("sheet");
    byId("sheet-row").hidden = (found.sheets ?? []).length < 2;
    fill(choice, (found.sheets ?? []).map((name) => h("option", { value: name, selected: name === found.sheet }, name)));
  }

  function scope() { byId("classes").hidden = !byId("complete").checked; }

  form.addEventListener("submit", (event) => event.preventDefault());
  byId("sheet").addEventListener("change", (event) => { sheet = event.target.value; mapping = null; preview(); });
  byId("branch").addEventListener("change", () => preview());
  byId("complete").addEventListener("change", () => { scope(); preview(); });
  for (const box of form.querySelectorAll("[name=classes]")) box.addEventListener("change", () => preview());
  takeFiles(byId("drop"), input, take);
  scope();
  beside(rows("branches").then((branches) => {
    byId("branch").append(...branches.map((one) => h("option", { value: one.id }, `${one.name} (${one.code})`)));
  }));
}



const KINDS = ["new", "updated", "unchanged", "flagged", "refused"];
let asked = null;
/** The fields that a column can be read as. Asked for once. */
function ledgerFields() {
  asked ??= get("ledgers/fields").then((found) => found.items);
  asked.catch(() => { asked = null; });
  return asked;
}
