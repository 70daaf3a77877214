// "Saved · Change": undo instead of "are you sure". It stays until it is closed or another outcome is saved.

import { button, element, fill } from "../shared/dom.js";
import { t } from "../shared/texts.js";

let bar;

/** Use this element for the notice; it is a live region, so it is read aloud. */
export function watch(region) {
  bar = region;
}

/** Say that an outcome was saved, and offer to change it. */
export function announce(kind, stopId) {
  fill(
    bar,
    element("p", {}, t("route.saved", { what: t(`kind.${kind}`) })),
    element("a", { href: `#outcome/${stopId}`, class: "button", on: { click: dismiss } }, t("route.change")),
    button("×", dismiss, { class: "plain", "aria-label": t("close") }),
  );
}

/** Take the notice away. */
export function dismiss() {
  fill(bar);
}
