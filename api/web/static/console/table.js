// A table that sorts by its headings and filters by text. The sorting stands in the address, the text only where
// the table names no people: addresses are logged and sent on.
import { remember, wish } from "./address.js";
import { fill, h } from "./dom.js";
import { compare, number, say } from "./words.js";

const PORTION = 50;
const FEW = 8;
/** What is looked for in tables that are not shared, by their name: it outlives a redraw, not the page. */
const typed = new Map();

/**
 * Make a table.
 *
 * columns: [{key, title, cell?(row) → node or text, value?(row) → for sorting, numeric?, still? (cannot be sorted by),
 * tight? (never broken into lines)}]
 * name: prefix of its parameters in the address; caption: what the rows are; empty: node for no rows at all;
 * filter: offer a text filter; shared: its text stands in the address (never where rows name people);
 * choose?(row), isCurrent?(row): rows that can be chosen; mark?(row): class of the row.
 */
export function table({ name, columns, rows, caption, empty, filter = false, shared = false, sort = "", choose, isCurrent, mark }) {
  if (!rows.length && empty) return h("div", { class: "empty" }, empty);
  const state = { sort: wish(`${name}.sort`, sort), text: (shared ? wish(`${name}.find`) : typed.get(name)) ?? "", most: PORTION };
  const body = h("tbody");
  const count = h("p", { class: "count", role: "status" });
  const headings = columns.map((column) => heading(column, state, draw));
  const more = h("button", { type: "button", onclick: () => { state.most += PORTION; draw(); } });

  function draw() {
    if (!shared) typed.set(name, state.text);
    remember({ [`${name}.sort`]: state.sort === sort ? "" : state.sort, [`${name}.find`]: shared ? state.text : "" });
    headings.forEach((one) => one.refresh());
    const found = arrange(rows, columns, state);
    fill(body, found.slice(0, state.most).map((row) => line(row, columns, { choose, isCurrent, mark })));
    count.hidden = rows.length <= FEW;
    count.textContent = say("rows", { shown: number(Math.min(found.length, state.most)), all: number(rows.length) });
    more.hidden = found.length <= state.most;
    more.textContent = say("more_rows", { n: number(Math.min(PORTION, found.length - state.most)) });
  }

  draw();
  return h("div", { class: "table-box" },
    filter && filterBox(state, draw),
    h("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": caption },
      h("table", {}, h("caption", {}, caption), h("thead", {}, h("tr", {}, headings.map((one) => one.element))), body)),
    h("div", { class: "table-foot" }, count, more));
}

function filterBox(state, draw) {
  const input = h("input", { type: "search", value: state.text, autocomplete: "off" });
  input.addEventListener("input", () => { state.text = input.value; draw(); });
  return h("label", { class: "filter" }, h("span", {}, say("filter")), input);
}

function heading(column, state, draw) {
  const button = h("button", { type: "button", class: "sort" }, column.title);
  const element = h("th", { scope: "col", class: column.numeric ? "numeric" : null }, column.still ? column.title : button);
  button.addEventListener("click", () => {
    state.sort = state.sort === column.key ? `-${column.key}` : column.key;
    draw();
  });
  function refresh() {
    const order = { [column.key]: "ascending", [`-${column.key}`]: "descending" }[state.sort];
    if (order) element.setAttribute("aria-sort", order);
    else element.removeAttribute("aria-sort");
  }
  return { element, refresh };
}

function valueOf(column, row) {
  return column.value ? column.value(row) : row[column.key];
}

function arrange(rows, columns, state) {
  const text = state.text.trim().toLowerCase();
  const fits = (row) => columns.some((column) => String(valueOf(column, row) ?? "").toLowerCase().includes(text));
  const found = text ? rows.filter(fits) : [...rows];
  const key = state.sort.replace(/^-/, "");
  const column = columns.find((one) => one.key === key);
  if (!column) return found;
  const direction = state.sort.startsWith("-") ? -1 : 1;
  return found.sort((a, b) => direction * compare(valueOf(column, a), valueOf(column, b)));
}

function line(row, columns, { choose, isCurrent, mark }) {
  const cells = columns.map((column, index) => {
    const content = column.cell ? column.cell(row) : valueOf(column, row);
    const shown = content === null || content === undefined || content === "" ? "–" : content;
    const inside = index === 0 && choose
      ? h("button", { type: "button", class: "link", onclick: () => choose(row) }, shown)
      : column.numeric && typeof shown === "number" ? number(shown) : shown;
    return h(index === 0 ? "th" : "td", { scope: index === 0 ? "row" : null, class: column.numeric ? "numeric" : column.tight ? "tight" : null }, inside);
  });
  return h("tr", { class: mark?.(row), "aria-current": isCurrent?.(row) ? "true" : null }, cells);
}
