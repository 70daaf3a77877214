// The report of an import or of a preview: counts, what would go missing, what was understood, what to mend.
import { page } from "./address.js";
import { h } from "./dom.js";
import { undoNodes } from "./import_undo.js";
import { columnsNodes } from "./ledger_columns.js";
import { problemsNodes } from "./ledger_problems.js";
import { moment, number, say } from "./words.js";

const KINDS = ["new", "updated", "unchanged", "flagged", "refused"];

/**
 * The nodes of a report. `load(cursor)` gives a page of the problems of a stored import, `changed()` is called when it
 * is undone; a preview has neither, but `commit` (node that imports) and `correct(header, field)`.
 */
export function reportNodes(found, { load = null, changed = null, commit = null, correct = null, fields = null } = {}) {
  const undone = found.status === "undone";
  return [
    h("p", { class: found.id ? "lead" : "lead preview" },
      found.id ? say("is_import", { name: found.filename, at: moment(found.created_at) }) : say("is_preview", { name: found.filename }),
      undone && h("strong", { class: "bad" }, ` · ${say("undone_mark")}`)),
    missingNodes(found),
    commit,
    counts(found),
    found.notices.length > 0 && h("ul", { class: "remarks" }, found.notices.map((text) => h("li", {}, text))),
    columnsNodes(found, correct, fields),
    problemsNodes(found, load),
    found.id && h("div", { class: "buttons" },
      found.reasons.length > 0 && h("a", { class: "button", href: `/api/v1/ledgers/${found.id}/remarks?lang=${document.documentElement.lang}`, download: true }, say("get_remarks")),
      !undone && h("a", { class: "button", href: page("plans") }, say("plan_next"))),
    found.id && !undone && undoNodes(found, changed),
  ];
}

/** Loans that a complete file leaves out: plain before it is imported. */
function missingNodes(found) {
  const parts = found.left_out ?? [];
  if (!parts.length) return null;
  const would = found.id ? "did" : "would";
  const text = (one) => say(`${would}_miss`, { missing: number(one.missing), of: number(one.of), branch: one.name });
  return h("div", { class: found.confirm_needed ? "notice error" : "notice", role: found.confirm_needed ? "alert" : null },
    parts.map((one) => h("p", {}, h("strong", {}, text(one)))),
    found.confirm_needed && h("p", {}, say("half_ledger")),
    h("p", {}, say("missing_means")));
}

function counts(found) {
  const figure = (text, value, kind, href) =>
    h("div", { class: kind }, h("dt", {}, text), h("dd", {}, href ? h("a", { href }, number(value)) : number(value)));
  const link = (kind) => (found.id && ["flagged", "refused"].includes(kind) && found.rows[kind] > 0
    ? page("ledgers", { report: found.id, severity: kind }) : null);
  return h("dl", { class: "figures" },
    KINDS.map((kind) => figure(say(`rows_${kind}`), found.rows[kind], kind, link(kind))),
    found.rows.missing > 0 && figure(say("rows_missing"), found.rows.missing, "flagged"),
    found.villages_created > 0 && figure(say("villages_created"), found.villages_created, null, page("map", { only: "no_territory" })),
    found.households_created > 0 && figure(say("households_created"), found.households_created));
}
