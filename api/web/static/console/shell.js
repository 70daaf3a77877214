// What every page has: the notice line, waiting sentences, signing out, the switch of languages.
import { call } from "./client.js";
import { byId, fill, h } from "./dom.js";
import { say, setting } from "./words.js";

/** Tell the reader what happened; errors stay until the next message. */
export function tell(message, kind = "done") {
  const notice = byId("notice");
  notice.className = `notice ${kind}`;
  notice.setAttribute("role", kind === "error" ? "alert" : "status");
  notice.hidden = !message;
  fill(notice, message);
  if (message && kind === "error") notice.scrollIntoView({ block: "nearest" });
}

/** The nodes that show an error: its sentence, and the fields at fault where there are several. */
export function problemNodes(error, retry = null) {
  const fields = (error.problem?.errors ?? []).map((one) => (one.field ? `${one.field}: ${one.message}` : one.message));
  return h("div", { class: "notice error", role: "alert" },
    h("p", {}, error.message),
    fields.length > 1 && h("ul", {}, fields.map((text) => h("li", {}, text))),
    retry && h("button", { type: "button", onclick: retry }, say("retry")));
}

/** Fill `box` with what `work` returns, with a sentence while it waits and the problem if it fails. */
export async function show(box, work) {
  if (!box.hasChildNodes()) fill(box, h("p", { class: "waiting" }, say("loading")));
  box.setAttribute("aria-busy", "true");
  try {
    fill(box, await work());
  } catch (error) {
    if (!error.problem) throw error;
    fill(box, problemNodes(error, () => location.reload()));
  } finally {
    box.removeAttribute("aria-busy");
  }
}

/** Run what a button does: the button waits, a problem is told, the result is returned (undefined if it failed). */
export async function press(button, work) {
  if (button.getAttribute("aria-disabled") === "true") return undefined;
  button.setAttribute("aria-disabled", "true");
  try {
    return await work();
  } catch (error) {
    if (!error.problem) throw error;
    tell(problemNodes(error), "error");
    return undefined;
  } finally {
    button.removeAttribute("aria-disabled");
  }
}

/** Wait for what a form needs beside its fields; a problem is told. */
export async function beside(work) {
  try {
    await work;
  } catch (error) {
    if (!error.problem) throw error;
    tell(problemNodes(error), "error");
  }
}

byId("log-out").addEventListener("click", async (event) => {
  await press(event.currentTarget, () => call("POST", setting.logout));
  location.assign(setting.login);
});

for (const link of document.querySelectorAll("[data-language]")) {
  link.addEventListener("click", (event) => {
    event.preventDefault();
    const here = new URL(location.href);
    here.searchParams.set("lang", link.dataset.language);
    location.assign(here);
  });
}
