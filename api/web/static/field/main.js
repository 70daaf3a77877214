// Starts the page, shows the view that the address asks for, and keeps the frame (header, state, tabs) right.

import { button, element, fill } from "../shared/dom.js";
import { t } from "../shared/texts.js";
import { fetchDay, recallDay, route } from "./day.js";
import * as dayView from "./day_view.js";
import * as enrolView from "./enrol_view.js";
import { loadLeaflet } from "./leaflet.js";
import * as mapView from "./map_view.js";
import * as moreView from "./more_view.js";
import { inWords, mood, network } from "./network.js";
import * as outbox from "./outbox.js";
import * as outcomeView from "./outcome_view.js";
import * as reportView from "./report_view.js";
import * as restView from "./rest_view.js";
import * as routeView from "./route_view.js";
import * as saved from "./saved.js";
import { isOpen, open, session, SignedOut } from "./session.js";
import * as stopView from "./stop_view.js";
import { persist } from "./store.js";

const TABS = ["route", "map", "report", "more"];
const VIEWS = {
  enrol: enrolView, route: routeView, map: mapView, report: reportView, more: moreView,
  day: dayView, rest: restView, stop: stopView, outcome: outcomeView,
};
const LOOK_AGAIN = 5 * 60_000;
const part = (id) => document.getElementById(id);
let shown = null;
let leave = null;

function address() {
  const [name, id] = decodeURIComponent(location.hash.slice(1)).split("/");
  // A code in the address must not stay in the history of the phone.
  if (name.startsWith("code=")) {
    history.replaceState(null, "", "#enrol");
    enrolView.propose(name.slice("code=".length));
    shown = null;
    return { name: "enrol", id: undefined };
  }
  // A form that is being filled in stays, also when the access ends meanwhile.
  if (!isOpen() && !(name === "outcome" && shown === `outcome/${id}`)) return { name: "enrol", id: undefined };
  return { name: name in VIEWS ? name : "route", id };
}

function show() {
  const { name, id } = address();
  const key = `${name}/${id ?? ""}`;
  const anew = key !== shown;
  // A form is not drawn again under the fingers.
  if (!anew && VIEWS[name].still) return;
  if (anew) leave?.();
  shown = key;
  const { title, head, body, onLeave = null } = VIEWS[name].draw(id);
  if (anew) leave = onLeave;
  document.title = `${title} – ${t("title")}`;
  document.body.dataset.view = name;
  fill(part("head"), head ?? element("h1", { tabindex: "-1" }, title));
  fill(part("main"), body);
  drawTabs(name);
  if (anew) {
    scrollTo(0, 0);
    part("main").querySelector("[data-first]")?.focus({ preventScroll: true });
    if (!part("main").contains(document.activeElement)) part("head").querySelector("h1")?.focus({ preventScroll: true });
    VIEWS[name].shown?.();
  }
}

function drawTabs(current) {
  const tabs = part("tabs");
  tabs.hidden = !TABS.includes(current);
  fill(tabs, TABS.map((name) => element(
    "a", { href: `#${name}`, id: `tab-${name}`, "aria-current": name === current ? "page" : null }, t(`tab.${name}`),
  )));
}

function drawState() {
  const words = inWords(outbox.waiting(), outbox.needing());
  const state = part("state");
  state.dataset.mood = mood(outbox.waiting(), outbox.needing());
  // Only a change is announced.
  if (state.textContent !== words) state.textContent = words;
}

async function lookAgain() {
  if (!isOpen() || document.hidden) return;
  try {
    await fetchDay();
  } catch (error) {
    // The session's own event leads to the enrolment; nothing else is expected.
    if (!(error instanceof SignedOut)) throw error;
  }
}

async function start() {
  await open();
  await Promise.all([recallDay(), outbox.recallOutbox()]);
  addEventListener("hashchange", show);
  [route, outbox.outbox, session].forEach((source) => source.addEventListener("changed", show));
  [network, outbox.outbox, session].forEach((source) => source.addEventListener("changed", drawState));
  session.addEventListener("changed", () => {
    lookAgain();
    outbox.send();
  });
  addEventListener("online", lookAgain);
  document.addEventListener("visibilitychange", lookAgain);
  setInterval(lookAgain, LOOK_AGAIN);
  saved.watch(part("saved"));
  show();
  drawState();
  outbox.watch();
  await persist();
  await Promise.all([lookAgain(), isOpen() ? outbox.send() : null]);
  // The map is opened where there is no network; whether it can be loaded then would be too late to ask.
  loadLeaflet().catch(() => undefined);
}

start().catch((error) => {
  fill(part("main"), element("p", { class: "note needs" }, String(error.message)),
    button(t("route.look"), () => location.reload()));
  throw error;
});
