// The first screen: one code, once.

import { element, fill } from "../shared/dom.js";
import { t, tn } from "../shared/texts.js";
import { Refused, Unreachable } from "./calls.js";
import { languageSwitch } from "./language_view.js";
import { waiting } from "./outbox.js";
import { enrol, hasEnded, isOpen } from "./session.js";

export const still = true;
let proposed = "";

/** Fill the form with a code that came with the address. */
export function propose(code) {
  proposed = code;
}

export function draw() {
  const said = element("p", { role: "alert", class: "said" });
  const field = element("input", {
    id: "code", name: "code", value: proposed, autocomplete: "one-time-code", autocapitalize: "characters",
    spellcheck: "false", enterkeyhint: "go", "data-first": true,
  });
  const go = element("button", { type: "submit", class: "main" }, t("enrol.go"));
  const form = element(
    "form", { novalidate: true, on: { submit: (event) => { event.preventDefault(); submit(field, go, said); } } },
    element("label", { for: "code" }, t("enrol.code")), field, said, go,
  );
  return {
    title: t("enrol.title"),
    body: [
      hasEnded() && element("p", { class: "note needs" }, t("enrol.ended")),
      waiting() > 0 && element("p", { class: "note" }, tn("enrol.kept", waiting())),
      element("p", {}, t("enrol.lead")),
      form,
      isOpen() && element("p", {}, element("a", { href: "#route", class: "button" }, t("enrol.route"))),
      languageSwitch(),
    ],
  };
}

async function submit(field, go, said) {
  const code = field.value.trim();
  if (!code) {
    fill(said, t("enrol.empty"));
    field.focus();
    return;
  }
  go.disabled = true;
  fill(said, t("enrol.going"));
  try {
    await enrol(code);
    proposed = "";
    location.hash = "#route";
  } catch (error) {
    if (error instanceof Refused) fill(said, error.message);
    else if (error instanceof Unreachable) fill(said, t(`trouble.${error.why}`));
    else throw error;
  } finally {
    go.disabled = false;
  }
}
