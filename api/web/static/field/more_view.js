// Language, and what this phone keeps.

import { element, fill } from "../shared/dom.js";
import { t } from "../shared/texts.js";
import { fetchedAt } from "./day.js";
import { languageSwitch } from "./language_view.js";
import * as position from "./position.js";
import { persist } from "./store.js";
import { clockOff, momentInWords } from "./when.js";

export function draw() {
  const storage = element("p", { class: "small" });
  persist().then((promised) => fill(storage, t(promised ? "more.storage.yes" : "more.storage.no")));
  return {
    title: t("tab.more"),
    body: [
      element("h2", {}, t("more.language")), languageSwitch(),
      element("h2", {}, t("more.phone")),
      clockOff() > 0 && element("p", { class: "note needs" }, t("more.clock", { minutes: clockOff() })),
      element(
        "label", { class: "check" },
        element("input", { type: "checkbox", id: "position", checked: position.wanted(), on: { change: switchPosition } }),
        element("span", {}, t("more.position")),
      ),
      element("p", { class: "small" }, t("more.position.why")),
      fetchedAt() && element("p", { class: "small" }, t("more.copy", { time: momentInWords(fetchedAt()) })),
      storage,
      element("p", {}, element("a", { href: "#enrol", class: "button" }, t("more.code"))),
    ],
  };
}

// Asking here, with the reason beside it, and not at a door.
function switchPosition(event) {
  position.want(event.target.checked);
  position.begin();
  position.end();
}
