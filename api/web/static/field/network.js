// The state of the network as words: "offline · 2 waiting", "all sent 10:42". Never an error.

import { t } from "../shared/texts.js";
import { hasEnded } from "./session.js";
import { timeOf } from "./when.js";

export const network = new EventTarget();
const state = { why: null, sending: 0, loading: false, loaded: null, sent: null, said: "" };

/** Note something about the network: why (null, offline, foreign, server, or refused with
 * what the service `said`), sending, loading, loaded, sent. */
export function note(change) {
  Object.assign(state, change);
  network.dispatchEvent(new Event("changed"));
}

/** Return why the service could not be reached the last time, or null. */
export function trouble() {
  return navigator.onLine ? state.why : "offline";
}

/** Return the state in words, for so many outcomes waiting and so many that need the person. */
export function inWords(waiting, needing) {
  const parts = [];
  if (hasEnded()) parts.push(t("state.ended"));
  else if (trouble() === "refused") parts.push(state.said);
  else if (trouble()) parts.push(t(`state.${trouble()}`));
  if (state.sending && !trouble()) parts.push(t("state.sending", { n: state.sending }));
  else if (waiting) parts.push(t("state.waiting", { n: waiting }));
  if (needing) parts.push(t("state.needs", { n: needing }));
  if (parts.length) return parts.join(" · ");
  if (state.sent) return t("state.sent", { time: timeOf(state.sent) });
  if (state.loading) return t("state.loading");
  return state.loaded ? t("state.loaded", { time: timeOf(state.loaded) }) : "";
}

/** Return how the state is to look: good, waiting or needs. The words say the same. */
export function mood(waiting, needing) {
  if (needing || hasEnded()) return "needs";
  return trouble() || waiting ? "waiting" : "good";
}
