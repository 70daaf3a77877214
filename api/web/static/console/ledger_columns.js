// How the columns of a file were understood, and correcting that.
import { h } from "./dom.js";
import { number, say, sayOr } from "./words.js";

const UNITS = ["1", "1000", "10000", "100000000"];

/** The table of columns; with `correct(header, field)` each can be told otherwise, `correct(null)` forgets all that. */
export function columnsNodes(found, correct, fields) {
  const layout = found.layout ?? [];
  if (!layout.length) return null;
  const unknown = layout.filter((one) => !one.field && !one.told && !one.needless);
  const read = layout.filter((one) => one.field).length;
  const names = new Map((fields ?? []).map((one) => [one.field, one.label]));
  return h("details", { class: "understood", open: correct && unknown.length > 0 },
    h("summary", {}, say("columns_summary", { read: number(read), unknown: number(unknown.length) })),
    found.format && h("p", { class: "hint" }, formText(found)),
    h("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": say("columns_caption") }, h("table", { class: "compact" },
      h("caption", { class: "hidden" }, say("columns_caption")),
      h("thead", {}, h("tr", {}, ["column_of_file", "read_as", "understood_how"].map((key) => h("th", { scope: "col" }, say(key))))),
      h("tbody", {}, layout.map((one) => line(one, correct, fields, names))))),
    correct && h("p", { class: "hint" }, say("mapping_hint")),
    correct && layout.some((one) => one.told) && h("button", { type: "button", onclick: () => correct(null) }, say("mapping_forget")));
}

/** Kind of file, encoding, sheet, header row: as one sentence. */
function formText(found) {
  const facts = [found.format.toUpperCase(), found.encoding, found.sheet && say("sheet_is", { name: found.sheet }),
    found.header_row && say("header_row_is", { row: number(found.header_row) })];
  return facts.filter(Boolean).join(" · ");
}

function line(one, correct, fields, names) {
  const unknown = !one.field && !one.told && !one.needless;
  const label = (field) => names.get(field) ?? field;
  const current = one.field ?? "";
  const id = `field-${one.column}`;
  return h("tr", { class: unknown ? "flagged" : null },
    h("th", { scope: "row" }, h("span", { class: "soft" }, `${one.column} `), h("label", { for: correct ? id : null }, one.header)),
    h("td", {}, correct ? choice(one, id, current, correct, fields) : current ? label(current) : say("not_read")),
    h("td", {}, unknown ? h("strong", {}, say("not_understood")) : how(one),
      unknown && one.nearest && correct && [" ", h("button", { type: "button", onclick: () => correct(one.header, one.nearest, id) },
        say("suggested", { field: label(one.nearest) }))]));
}

function choice(one, id, current, correct, fields) {
  const option = (field) => h("option", { value: field.field, selected: field.field === current }, field.label);
  return h("select", { id, onchange: (event) => correct(one.header, event.target.value, id) },
    h("option", { value: "", selected: !current }, say("not_read")),
    h("optgroup", { label: say("fields_needed") }, fields.filter((field) => field.required).map(option)),
    h("optgroup", { label: say("fields_more") }, fields.filter((field) => !field.required).map(option)));
}

/** Unit, order of dates, datum; that a person said so; that it is not needed. */
function how(one) {
  const found = [
    one.told && say("told_by_person"),
    one.needless && say("needless"),
    one.unit && (UNITS.includes(one.unit) ? say(`unit_${one.unit}`) : say("unit_times", { n: number(one.unit) })),
    one.dates && say(`dates_${one.dates}`),
    one.datum && one.datum.toUpperCase(),
    one.guarantor > 1 && say("guarantor_number", { n: number(one.guarantor) }),
  ].filter(Boolean);
  return found.join(" · ") || sayOr("understood_by_name", "");
}
