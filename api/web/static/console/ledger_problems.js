// The problems of an import, by status and reason; the choice stands in the address.
import { remember, wish } from "./address.js";
import { fill, h } from "./dom.js";
import { press, problemNodes } from "./shell.js";
import { number, say } from "./words.js";

const PORTION = 100;
const COLUMNS = ["row", "column", "value_in_file", "severity", "why", "remedy"];

/** The nodes. `load(cursor)` asks for a page of the stored report; a preview has all its problems here. */
export function problemsNodes(found, load) {
  if (!found.reasons.length) return h("p", {}, say("no_problems"));
  const body = h("tbody");
  const count = h("p", { class: "count", role: "status" });
  const more = h("button", { type: "button", onclick: () => press(more, () => turn(false)) });
  const failed = h("div");
  let shown = 0;
  let next = null;

  async function turn(afresh) {
    const page = load ? await load(afresh ? null : next) : local(found, afresh ? 0 : Number(next));
    if (afresh) { fill(body); shown = 0; }
    put(page);
  }

  function put(page) {
    body.append(...page.problems.map(line));
    shown += page.problems.length;
    next = page.next;
    const all = wanted(found).reduce((sum, one) => sum + one.count, 0);
    count.textContent = say("problems_shown", { shown: number(shown), all: number(all) });
    more.hidden = !next;
    more.textContent = say("more_rows", { n: number(Math.min(PORTION, all - shown)) });
  }

  const choose = (name) => (event) => {
    remember({ [name]: event.target.value, ...(name === "severity" ? { code: "" } : {}) });
    fill(filters, choices(found, choose));
    filters.querySelector(`[name=${name}]`).focus();
    fill(failed);
    turn(true).catch((error) => {
      if (!error.problem) throw error;
      fill(failed, problemNodes(error));
    });
  };
  const filters = h("div", { class: "filters" }, choices(found, choose));
  put(load ? found : local(found, 0));
  return h("section", { "aria-label": say("problems_caption") }, h("h3", {}, say("problems_caption")), filters, failed,
    h("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": say("problems_caption") },
      h("table", { class: "problems" },
        h("caption", { class: "hidden" }, say("problems_caption")),
        h("thead", {}, h("tr", {}, COLUMNS.map((key) => h("th", { scope: "col" }, say(key))))), body)),
    h("div", { class: "table-foot" }, count, more),
    found.problems_left_out > 0 && h("p", { class: "hint" }, say("problems_left_out", { n: number(found.problems_left_out) })));
}

/** The reasons that the filters leave. */
function wanted(found) {
  const [severity, code] = [wish("severity"), wish("code")];
  return found.reasons.filter((one) => (!severity || one.severity === severity) && (!code || one.code === code));
}

/** A page of a preview's problems. */
function local(found, start) {
  const [severity, code] = [wish("severity"), wish("code")];
  const fits = found.problems.filter((one) => (!severity || one.severity === severity) && (!code || one.code === code));
  const end = start + PORTION;
  return { problems: fits.slice(start, end), next: end < fits.length ? end : null };
}

function choices(found, choose) {
  const severity = wish("severity");
  const total = (items) => number(items.reduce((sum, one) => sum + one.count, 0));
  const option = (value, text, current) => h("option", { value, selected: value === current }, text);
  const reasons = new Map();
  for (const one of found.reasons.filter((item) => !severity || item.severity === severity)) {
    const known = reasons.get(one.code);
    reasons.set(one.code, { reason: one.reason, count: one.count + (known?.count ?? 0) });
  }
  return [
    h("label", {}, say("severity"), h("select", { name: "severity", onchange: choose("severity") },
      option("", `${say("all")} (${total(found.reasons)})`, severity),
      ["refused", "flagged"].map((kind) => option(kind,
        `${say(`severity_${kind}`)} (${total(found.reasons.filter((one) => one.severity === kind))})`, severity)))),
    h("label", {}, say("why"), h("select", { name: "code", onchange: choose("code") },
      option("", say("all"), wish("code")),
      [...reasons].map(([code, one]) => option(code, `${one.reason} (${number(one.count)})`, wish("code"))))),
  ];
}

function line(one) {
  return h("tr", { class: one.severity },
    h("th", { scope: "row", class: "numeric" }, number(one.row)),
    h("td", {}, one.column ?? "–"),
    h("td", {}, h("code", {}, one.value || "–")),
    h("td", { class: "tight" }, say(`severity_${one.severity}`)),
    h("td", {}, one.reason),
    h("td", {}, one.remedy));
}
