// Everything this phone recorded, and what became of it: waiting, sent, or in need of somebody.

import { button, element } from "../shared/dom.js";
import { t } from "../shared/texts.js";
import { stopOf } from "./day.js";
import { all, offerAgain, send, waiting } from "./outbox.js";
import { momentInWords } from "./when.js";

export function draw() {
  const entries = [...all()].reverse();
  return {
    title: t("report.title"),
    body: [
      entries.length === 0 && element("p", { class: "note" }, t("report.empty")),
      waiting() > 0 && button(t("report.send"), send, { class: "main", id: "send" }),
      element("ol", { class: "entries" }, entries.map(row)),
    ],
  };
}

function row(entry) {
  const refused = entry.state === "refused" && !entry.settled;
  return element(
    "li", { "data-state": entry.state },
    element("p", { class: "what" }, `${entry.label.order} · ${t(`kind.${entry.kind}`)}`, entry.replaces && ` (${t("report.replaces")})`),
    element("p", { class: "small" }, [momentInWords(entry.saved), entry.label.village, entry.label.door].filter(Boolean).join(" · ")),
    element("p", { class: "state" }, t(`report.${entry.state}`),
      entry.state === "waiting" && entry.tries > 1 && ` · ${t("report.tries", { n: entry.tries })}`),
    entry.problem?.detail && element("p", {}, entry.problem.detail),
    refused && element(
      "div", { class: "pair" },
      button(t("report.again"), () => offerAgain(entry), { id: `again-${entry.id}` }),
      stopOf(entry.content?.stop) && element("a", { href: `#outcome/${entry.content.stop}`, class: "button" }, t("report.correct")),
    ),
  );
}
