// Past imports, the newest first, page by page.
import { wish } from "./address.js";
import { get } from "./client.js";
import { byId, h } from "./dom.js";
import { press, show } from "./shell.js";
import { moment, number, say } from "./words.js";

const PORTION = 20;

/** Show the list; `open(id)` shows one. */
export const showPast = (open) => show(byId("past"), async () => {
  const first = await get("ledgers", { limit: PORTION });
  if (!first.items.length) return h("p", { class: "empty" }, say("past_empty"));
  const body = h("tbody", {}, first.items.map((one) => line(one, open)));
  return [
    h("table", { class: "compact" },
      h("caption", { class: "hidden" }, say("past_caption")),
      h("thead", {}, h("tr", {},
        h("th", { scope: "col" }, say("file_name")),
        ["rows_new", "rows_refused"].map((key) => h("th", { scope: "col", class: "numeric" }, say(key))))),
      body),
    first.next && more(first.next, body, open),
  ];
});

function line(one, open) {
  const choose = h("button", { type: "button", class: "link" }, one.filename);
  choose.addEventListener("click", async () => {
    await open(one.id);
    for (const row of choose.closest("tbody").rows) row.removeAttribute("aria-current");
    choose.closest("tr").setAttribute("aria-current", "true");
  });
  return h("tr", { "aria-current": one.id === wish("report") ? "true" : null },
    h("th", { scope: "row" }, choose, h("span", { class: "block soft" }, moment(one.created_at),
      one.status === "undone" && h("strong", {}, ` · ${say("undone_mark")}`),
      one.complete && ` · ${say("complete_mark")}`)),
    h("td", { class: "numeric" }, number(one.rows.new)),
    h("td", { class: "numeric" }, number(one.rows.refused)));
}

function more(cursor, body, open) {
  let next = cursor;
  const button = h("button", { type: "button", onclick: () => press(button, async () => {
    const page = await get("ledgers", { limit: PORTION, cursor: next });
    const lines = page.items.map((one) => line(one, open));
    body.append(...lines);
    lines[0]?.querySelector("button").focus();
    next = page.next;
    button.hidden = !next;
  }) }, say("past_more"));
  return button;
}
