// What happened at the door: big buttons, a few fields, Save. Kept on the phone first, then sent.

import { button, element, fill } from "../shared/dom.js";
import { has, t } from "../shared/texts.js";
import { aheadOn, day, stopOf } from "./day.js";
import { amountOf, KINDS, outcomeFor } from "./outcome.js";
import { add, settle, standing } from "./outbox.js";
import * as position from "./position.js";
import * as saved from "./saved.js";
import { dayAfter, today } from "./when.js";

// A form is not drawn again under the fingers, once there is a stop to draw it for.
export let still = false;
const SOON = [7, 14, 30];

/** Begin to look for the position (if it is wanted) while the form is filled in. */
export const shown = position.begin;

export function draw(id) {
  // What happens at a door is recorded on the day itself.
  const stop = aheadOn(id) ? undefined : stopOf(id);
  still = stop !== undefined;
  const title = stop ? t(standing(stop.visit.household) ? "outcome.correct" : "outcome.title", { order: stop.order }) : "";
  const head = element(
    "div", { class: "crumb" },
    element("a", { href: stop ? `#stop/${id}` : "#route", class: "button plain", "aria-label": t("back") }, "‹"),
    element("h1", { tabindex: "-1" }, title),
  );
  if (!stop) return { title: t("route.title"), head, body: [element("p", { class: "note" }, t("stop.gone"))] };
  return { title, head, body: [form(stop, day().plan_version, standing(stop.visit.household))], onLeave: position.end };
}

function form(stop, planVersion, before) {
  const extra = element("div", { class: "extra" });
  const said = element("p", { role: "alert", class: "said" });
  const note = element("textarea", { id: "note", rows: "3", maxlength: "1000", "aria-describedby": "note-why" });
  note.value = before?.content?.note ?? "";
  const chosen = () => made.querySelector("input[name=kind]:checked")?.value;
  const choose = () => fill(extra, fieldsFor(chosen(), before?.content));
  const made = element(
    "form", { novalidate: true, on: { submit: (event) => { event.preventDefault(); save(made, { stop, planVersion, before, said }); } } },
    element(
      "fieldset", { class: "kinds" }, element("legend", {}, t("outcome.kind")),
      KINDS.map((kind) => element(
        "label", {},
        element("input", { type: "radio", name: "kind", value: kind, checked: kind === before?.kind, on: { change: choose } }),
        element("span", {}, t(`kind.${kind}`)),
      )),
    ),
    extra,
    stop.village.id && !Number.isFinite(stop.village.lat)
      && element("p", { class: "note" }, t(position.wanted() ? "outcome.marks" : "outcome.marks.not")),
    element("label", { for: "note" }, t("outcome.note")),
    note,
    element("p", { class: "small", id: "note-why" }, t("outcome.note.why")),
    element(
      "div", { class: "bottom" },
      said,
      element("button", { type: "submit", class: "main" }, t("outcome.save")),
      element("span", { class: "small" }, t("outcome.works")),
    ),
  );
  if (before) fill(extra, fieldsFor(before.kind, before.content));
  return made;
}

function fieldsFor(kind, before) {
  const found = [has(`hint.${kind}`) && element("p", { class: "note" }, t(`hint.${kind}`))];
  if (kind === "promise") {
    const on = element("input", { id: "on", type: "date", min: today(), value: before?.promise?.on ?? "" });
    found.push(
      element("label", { for: "on" }, t("outcome.day")), on,
      element("div", { class: "chips" }, SOON.map((days) => button(
        t("outcome.days", { n: days }), () => { on.value = dayAfter(today(), days); },
      ))),
      ...amount(before?.promise?.amount),
    );
  }
  if (kind === "paid") {
    found.push(
      ...amount(before?.paid?.amount),
      element("label", { for: "receipt" }, t("outcome.receipt")),
      element("input", { id: "receipt", maxlength: "40", value: before?.paid?.receipt ?? "", autocomplete: "off" }),
    );
  }
  return found;
}

function amount(value = "") {
  return [
    element("label", { for: "amount" }, t("outcome.amount")),
    element("input", { id: "amount", inputmode: "decimal", autocomplete: "off", value }),
  ];
}

/** Return {given} or {wrong, at}: the sentence, and the field to go to. */
function read(made) {
  const value = (id) => made.querySelector(`#${id}`)?.value.trim() ?? "";
  const kind = made.querySelector("input[name=kind]:checked")?.value;
  if (!kind) return { wrong: t("outcome.nokind"), at: made.querySelector("input[name=kind]") };
  const given = { kind, note: value("note"), receipt: value("receipt"), on: value("on"), amount: null };
  if (kind === "promise" && !(given.on >= today())) return { wrong: t("outcome.noday"), at: made.querySelector("#on") };
  if (kind === "promise" || kind === "paid") {
    given.amount = amountOf(value("amount"));
    if (given.amount === null) return { wrong: t("outcome.noamount"), at: made.querySelector("#amount") };
  }
  return { given };
}

async function save(made, { stop, planVersion, before, said }) {
  const { given, wrong, at } = read(made);
  made.querySelectorAll("[aria-invalid]").forEach((field) => field.removeAttribute("aria-invalid"));
  if (wrong) {
    fill(said, wrong);
    at.setAttribute("aria-invalid", "true");
    at.focus();
    return;
  }
  const press = made.querySelector("button[type=submit]");
  press.disabled = true;
  fill(said, t("outcome.saving"));
  // What the service never took cannot be corrected there: the new outcome stands by itself.
  const replaces = before && before.state !== "refused" ? before.id : null;
  const content = outcomeFor(stop, planVersion, given, { gps: position.current(), replaces });
  try {
    await add(content, { order: stop.order, village: stop.village.name, door: stop.visit.door });
    if (before?.state === "refused") await settle(before);
  } catch (error) {
    fill(said, t("trouble.room"));
    press.disabled = false;
    throw error;
  }
  saved.announce(given.kind, stop.id);
  location.hash = "#route";
}
