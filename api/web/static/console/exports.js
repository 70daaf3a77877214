// Take out again what was put in: each table as a workbook or as CSV in the encoding that the receiver reads.
import { get } from "./client.js";
import { byId, fill, h } from "./dom.js";
import { show } from "./shell.js";
import { number, say, setting } from "./words.js";

const ENCODINGS = ["utf-8-sig", "utf-8", "gb18030", "big5"];

/** Show the tables that one may export. */
export const showExports = () => show(byId("exports"), async () => {
  const { items } = await get("exports");
  const option = (value, text) => h("option", { value }, text);
  const format = h("select", { id: "export-format" }, ["xlsx", "csv"].map((one) => option(one, say(`format_${one}`))));
  const encoding = h("select", { id: "export-encoding" }, ENCODINGS.map((one) => option(one, say(`encoding_${one}`))));
  const masked = h("input", { type: "checkbox", id: "export-masked", checked: true });
  const encodingRow = h("div", {}, h("label", { for: "export-encoding" }, say("encoding")), encoding);
  const body = h("tbody");

  function draw() {
    encodingRow.hidden = format.value !== "csv";
    fill(body, items.map((table) => h("tr", {},
      h("th", { scope: "row" }, table.title),
      h("td", { class: "numeric" }, number(table.count)),
      h("td", {}, table.personal === "none" ? say("no_people") : table.personal === "masked" || masked.checked ? say("people_masked") : say("people_clear")),
      h("td", {}, table.formats.includes(format.value)
        ? h("a", { class: "button", href: address(table), download: true, "aria-label": say("download_of", { name: table.title }) }, say("download"))
        : h("span", { class: "soft" }, say("not_as", { format: say(`format_${format.value}`) }))))));
  }

  function address(table) {
    const query = new URLSearchParams({ format: format.value, lang: setting.language });
    if (format.value === "csv") query.set("encoding", encoding.value);
    if (masked.checked) query.set("personal", "masked");
    return `/api/v1/exports/${encodeURIComponent(table.id)}?${query}`;
  }

  for (const control of [format, encoding, masked]) control.addEventListener("change", draw);
  draw();
  return [
    h("div", { class: "form form-grid" },
      h("div", {}, h("label", { for: "export-format" }, say("format")), format), encodingRow,
      h("label", { class: "check" }, masked, say("mask_people"))),
    h("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": say("exports_caption") }, h("table", {},
      h("caption", { class: "hidden" }, say("exports_caption")),
      h("thead", {}, h("tr", {}, ["table", "table_rows", "people_in_it", "download"].map((key, index) =>
        h("th", { scope: "col", class: index === 1 ? "numeric" : null }, say(key))))), body)),
  ];
});
