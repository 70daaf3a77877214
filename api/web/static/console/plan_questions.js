// Questions about a plan: what it would take to visit somebody after all, and what changed since another plan.
import { all, get } from "./client.js";
import { h } from "./dom.js";
import { show } from "./shell.js";
import { day, number, say, worth } from "./words.js";

/** A button that opens what it would take to plan this visit after all, below the row's text. */
export function whatItTakes(plan, row) {
  const box = h("div", { role: "status" });
  const button = h("button", { type: "button", class: "quiet", "aria-expanded": "false", onclick: ask }, say("what_it_takes"));

  function ask() {
    const open = button.getAttribute("aria-expanded") === "true";
    button.setAttribute("aria-expanded", String(!open));
    if (open) box.replaceChildren();
    else show(box, async () => answerNodes(await get(`plans/${plan.id}/fits`, { household: row.household })));
  }
  return [button, box];
}

function answerNodes(answer) {
  return [answer.travel_note && h("p", {}, answer.travel_note), answerNode(answer)].filter(Boolean);
}

function answerNode(answer) {
  if (answer.impossible) {
    // Why it is out stands in the row already; here stands what would let it in.
    return answer.would_do.length ? h("ul", {}, answer.would_do.map((one) => h("li", {}, one.sentence))) : h("p", {}, say("no_single_rule"));
  }
  if (!answer.fits.length) return h("p", {}, say("fits_nowhere"));
  return h("ol", { class: "fits" }, answer.fits.map(fitNode));
}

function fitNode(fit) {
  const gone = [...fit.displaced.map((one) => say("gives_way", { who: who(one), value: worth(one.value) })),
    ...fit.moved.map((one) => say("moves_to", { who: who(one), team: one.to_team_name }))];
  return h("li", {}, h("strong", {}, say("fit_at", { team: fit.team_name, day: day(fit.date), start: fit.arrival, end: fit.leave })), " ",
    fit.summary, " ", say("fit_travel", { n: number(fit.extra_min) }), gone.length > 0 && h("ul", {}, gone.map((text) => h("li", {}, text))));
}

const who = (one) => [one.name, one.village_name].filter(Boolean).join(", ");

/** A choice of earlier plans of the same days, and what changed since the one chosen. */
export async function changesSince(plan) {
  const others = (await all("plans", { date: plan.from })).filter((one) => one.id !== plan.id
    && ["ready", "published"].includes(one.status) && one.territories.some((id) => plan.territories.includes(id)));
  if (!others.length) return null;
  const box = h("div", { role: "status" });
  const select = h("select", {}, h("option", { value: "" }, "–"), others.map((one) => h("option", { value: one.id }, `#${one.version}`)));
  select.addEventListener("change", () => {
    if (!select.value) box.replaceChildren();
    else show(box, async () => changeNodes(await get(`plans/${plan.id}/differences`, { since: select.value })));
  });
  return h("section", { id: "changes" }, h("h3", {}, say("changes")), h("label", {}, say("changes_since"), " ", select), box);
}

const KINDS = ["added", "removed", "moved", "reordered", "retimed"];

function changeNodes(found) {
  if (!KINDS.some((kind) => found[kind].length)) return h("p", {}, say("changes_none"));
  return changeLists(found);
}

/** What changed, figures first and then the visits by kind; a change that has a reason says it. */
export function changeLists(found) {
  return [
    h("p", {}, say("changes_figures", { value: worth(found.value), drive: number(found.drive_min), walk: number(found.walk_min), km: number(found.km) })),
    KINDS.filter((kind) => found[kind].length).map((kind) => h("details", { open: kind === "moved" || kind === "removed" },
      h("summary", {}, say(`changes_${kind}`, { n: number(found[kind].length) })),
      h("ul", {}, found[kind].map((one) => h("li", {}, changed(one)))))),
  ];
}

function changed(one) {
  const at = (team, time) => (team ? `${team} ${time}` : "–");
  const from = `${who(one)}: ${at(one.before_team_name, one.before_arrival)} → ${at(one.team_name, one.arrival)}`;
  return one.sentence ? [from, h("span", { class: "soft block" }, one.sentence)] : from;
}
