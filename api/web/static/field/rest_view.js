// The rest of the own team's day again: late, or a village cannot be reached. Shown first, then everybody's phone has it.

import { button, element, fill } from "../shared/dom.js";
import { t, tn } from "../shared/texts.js";
import { Refused, Unreachable } from "./calls.js";
import { day, fetchDay } from "./day.js";
import { reported, send } from "./outbox.js";
import { authorised, SignedOut } from "./session.js";
import { header } from "./stop_view.js";
import { timeNow } from "./when.js";

const LATE = [30, 60, 120, 180];
// A form is not drawn again under the fingers.
export const still = true;

export function draw() {
  const open = (day()?.stops ?? []).filter((stop) => !reported(stop));
  return {
    title: t("rest.title"),
    head: header("", "", "#route", t("rest.title")),
    body: open.length ? [form(open)] : [element("p", { class: "note" }, t("rest.nothing"))],
  };
}

function form(open) {
  const villages = new Map(open.filter((stop) => stop.village.id).map((stop) => [stop.village.id, stop.village.name]));
  const effect = element("div", { role: "status" });
  const made = element(
    "form", { on: { submit: (event) => { event.preventDefault(); look(made, effect); }, change: () => fill(effect) } },
    element(
      "fieldset", { class: "kinds" }, element("legend", {}, t("rest.what")),
      LATE.map((minutes, index) => choice("what", `late/${minutes}`, t("rest.late", { minutes }), index === 0)),
    ),
    villages.size > 0 && element(
      "fieldset", { class: "kinds" }, element("legend", {}, t("rest.closed")),
      [...villages].map(([id, name]) => choice("what", `closed/${id}`, name)),
    ),
    element(
      "label", { class: "check" }, element("input", { type: "checkbox", name: "order" }), element("span", {}, t("rest.order")),
    ),
    effect,
    element("div", { class: "bottom" }, element("button", { type: "submit", class: "main", id: "look-rest" }, t("rest.look"))),
  );
  return made;
}

function choice(name, value, words, checked = false) {
  return element("label", {}, element("input", { type: "radio", name, value, checked }), element("span", {}, words));
}

function asked(made) {
  const [what, value] = made.querySelector("input[name=what]:checked").value.split("/");
  return {
    at: timeNow(),
    may_change: made.querySelector("input[name=order]").checked ? "order" : "nothing",
    ...(what === "late" ? { late_min: Number(value) } : { closed_villages: [value] }),
  };
}

const ask = async (body, preview) =>
  (await authorised("POST", `/api/v1/field/replans${preview ? "?dry_run=true" : ""}`, { body })).body;

/** Show what would change; what is recorded and not sent yet goes before. */
async function look(made, effect) {
  const body = asked(made);
  await tried(made, effect, async () => {
    await send();
    const found = await ask(body, true);
    fill(effect, shown(found), button(
      t(found.removed.length ? "rest.accept" : "rest.times"),
      () => accept(made, effect, { ...body, expect: found.digest }), { id: "accept-rest", class: "main" },
    ));
    effect.scrollIntoView({ block: "nearest" });
  });
}

async function accept(made, effect, body) {
  await tried(made, effect, async () => {
    await ask(body, false);
    await fetchDay();
    location.hash = "#route";
  });
}

async function tried(made, effect, work) {
  const buttons = [...made.querySelectorAll("button")];
  buttons.forEach((one) => { one.disabled = true; });
  if (!effect.hasChildNodes()) fill(effect, element("p", {}, t("rest.asking")));
  try {
    await work();
  } catch (error) {
    if (error instanceof SignedOut) return;
    if (!(error instanceof Unreachable || error instanceof Refused)) throw error;
    const words = error instanceof Unreachable ? [t(`trouble.${error.why}`), " ", t("rest.office")] : error.message;
    fill(effect, element("p", { class: "note", role: "alert" }, words));
  } finally {
    buttons.forEach((one) => { one.disabled = false; });
  }
}

function shown(found) {
  const named = (one) => [one.village_name, one.name].filter(Boolean).join(" · ");
  return element(
    "section", { class: "card" },
    element("h2", {}, found.removed.length ? tn("rest.removed", found.removed.length) : t("rest.fits")),
    element("ul", { class: "reasons" }, found.removed.map((one) => element(
      "li", {}, `${named(one)}: ${one.sentence}`,
    ))),
    element("p", {}, t("rest.kept", { kept: found.kept, of: found.of })),
    [...found.retimed, ...found.reordered].length > 0 && element(
      "details", {}, element("summary", {}, t("rest.retimed")),
      element("ul", { class: "reasons" }, [...found.retimed, ...found.reordered].map((one) => element(
        "li", {}, `${named(one)}: ${one.before_arrival} → ${one.arrival}`,
      ))),
    ),
  );
}
