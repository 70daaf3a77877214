// Outcomes received on a day: how many of each kind, and the rows.
import { all } from "./client.js";
import { h } from "./dom.js";
import { byKey, fullName, rows } from "./rows.js";
import { table } from "./table.js";
import { day, moment, money, number, say, sayOr } from "./words.js";

const kindName = (kind) => sayOr(`kind_${kind}`, kind);

/** {nodes: what to show, reviews: how many wait for a reviewer}. */
export async function outcomesOfDay(date) {
  const [found, villages] = await Promise.all([all("outcomes", { date }), rows("villages")]);
  const reviews = found.filter((one) => one.review).length;
  if (!found.length) return { nodes: h("p", { class: "empty" }, say("outcomes_empty")), reviews };
  return { nodes: [kinds(found), rowsOf(found, byKey(villages))], reviews };
}

function kinds(found) {
  const counts = new Map();
  for (const one of found) counts.set(one.kind, (counts.get(one.kind) ?? 0) + 1);
  return h("dl", { class: "figures" },
    h("div", {}, h("dt", {}, say("outcomes_all")), h("dd", {}, number(found.length))),
    [...counts].sort((a, b) => b[1] - a[1]).map(([kind, count]) =>
      h("div", {}, h("dt", {}, kindName(kind)), h("dd", {}, number(count)))));
}

function rowsOf(found, names) {
  const columns = [
    { key: "server_time", title: say("arrived"), cell: (one) => moment(one.server_time) },
    { key: "kind", title: say("what_happened"), value: (one) => kindName(one.kind) },
    { key: "name", title: say("door") },
    { key: "village", title: say("village"), value: (one) => fullName(names.get(one.village)) || one.village_name },
    { key: "team_name", title: say("team") },
    { key: "facts", title: say("said"), value: facts },
    { key: "review", title: say("review"), value: (one) => (one.review ? sayOr(`review_${one.review}`, one.review) : ""),
      cell: (one) => one.review && h("strong", { class: "bad" }, sayOr(`review_${one.review}`, one.review)) },
  ];
  return table({ name: "outcomes", columns, rows: found, caption: say("outcomes_caption"), sort: "-server_time", filter: found.length > 8 });
}

function facts(one) {
  if (one.promise_on) return say("promised", { amount: money(one.promise_amount), on: day(one.promise_on) });
  if (one.paid_amount) return say("paid", { amount: money(one.paid_amount) });
  return "";
}
