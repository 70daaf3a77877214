// The switch of languages: the server writes the sentences, so the page is loaded again in the other language.

import { button, element } from "../shared/dom.js";
import { t } from "../shared/texts.js";
import { facts } from "./facts.js";

const YEAR = 365 * 24 * 3600;

export function languageSwitch() {
  const choose = (tag) => {
    const secure = location.protocol === "https:" ? "; Secure" : "";
    document.cookie = `lang=${tag}; Path=/; Max-Age=${YEAR}; SameSite=Lax${secure}`;
    location.assign(location.pathname + location.hash);
    location.reload();
  };
  return element(
    "section", { class: "languages", "aria-label": t("more.language") },
    Object.entries(facts.languages).map(([tag, name]) => button(
      name, () => choose(tag), { lang: tag, "aria-pressed": String(tag === facts.language) },
    )),
  );
}
