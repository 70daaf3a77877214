// People: where they work and what they know, a code for a phone, and the shifts of a week.
import { page, remember, wish } from "./address.js";
import { territoryLabel } from "./badge.js";
import { all, call } from "./client.js";
import { byId, fill, h } from "./dom.js";
import { groupsNow } from "./groups.js";
import { byKey, fullName, grouped, nameOf, rows, territories } from "./rows.js";
import { press, show, tell } from "./shell.js";
import { table } from "./table.js";
import { day, moment, number, plusDays, say, setting } from "./words.js";

const LEAST_PEOPLE = 2;

const showPeople = () => show(byId("people"), async () => {
  const [people, lands, villages, now, devices] = await Promise.all([
    rows("people"), territories(), rows("villages"), groupsNow(), all("devices", { active: true }),
  ]);
  const phones = grouped(devices, (device) => device.person);
  const landById = byKey(lands);
  const villageById = byKey(villages);
  const place = (person) => landById.get(now.placeOf.get(person.id));
  const columns = [
    { key: "name", title: say("name") },
    { key: "staff_number", title: say("staff_number") },
    { key: "territory", title: say("territory"), value: (one) => place(one)?.name ?? "",
      cell: (one) => (place(one) ? h("a", { href: page("map", { territory: place(one).id }) }, territoryLabel(place(one))) : territoryLabel()) },
    { key: "role", title: say("role"), value: (one) => (now.roleOf.has(one.id) ? say(`role_${now.roleOf.get(one.id)}`) : "") },
    { key: "knows", title: say("knows"), numeric: true, value: (one) => (one.knows ?? []).length },
    { key: "home", title: say("home_village"), value: (one) => fullName(villageById.get(one.home_village)) },
    { key: "active", title: say("active"), value: (one) => say(one.active === false ? "no" : "yes") },
    { key: "phones", title: say("phones"), value: (one) => lastContact(phones.get(one.id)) },
    { key: "enrol", still: true, title: say("enrol"), value: () => "", cell: (one) => [codeButton(one), lostButton(one, phones.get(one.id))] },
  ];
  return table({ name: "people", columns, rows: people, caption: say("people_caption"), filter: true, empty: h("p", {}, say("people_empty")) });
});

/** When a person's phones were last heard of; nothing if none is enrolled. */
function lastContact(devices = []) {
  if (!devices.length) return say("no_phone");
  const last = devices.map((one) => one.last_seen_at ?? one.created_at).sort().at(-1);
  return say("phones_seen", { n: number(devices.length), at: moment(last) });
}

function codeButton(person) {
  if (person.active === false) return null;
  return h("button", { type: "button", "aria-label": say("make_code_for", { name: person.name }),
    onclick: (event) => makeCode(event.currentTarget, person) }, say("make_code"));
}

/** A phone that is lost stops working at once; what was recorded with it stays. */
function lostButton(person, devices = []) {
  if (!devices.length) return null;
  return [" ", h("button", { type: "button", "aria-label": say("phone_lost_for", { name: person.name }), onclick: async (event) => {
    const ended = await press(event.currentTarget, () => Promise.all(devices.map((one) => call("DELETE", `devices/${one.id}`))));
    if (!ended) return;
    tell(say("phone_ended", { name: person.name }));
    showPeople();
  } }, say("phone_lost"))];
}

async function makeCode(button, person) {
  const answer = await press(button, () => call("POST", `people/${person.id}/enrolments`));
  if (!answer) return;
  const { code, expires_at: until } = answer.data;
  const url = `${location.origin}/field/`;
  byId("code-heading").textContent = say("code_title", { name: person.name });
  byId("code-text").textContent = code;
  byId("code-hint").textContent = until ? say("code_hint", { url, until: moment(until) }) : say("code_hint_open", { url });
  const dialog = byId("code");
  dialog.addEventListener("close", () => { byId("code-text").textContent = ""; button.focus(); }, { once: true });
  dialog.showModal();
}

// --- the week -------------------------------------------------------------------------------------------

function monday(iso) {
  const weekday = (new Date(`${iso}T00:00:00Z`).getUTCDay() + 6) % 7;
  return plusDays(iso, -weekday);
}

const weekStart = () => monday(/^\d{4}-\d\d-\d\d$/.test(wish("week")) ? wish("week") : setting.today);

const showWeek = () => show(byId("week"), async () => {
  const first = weekStart();
  const days = Array.from({ length: 7 }, (_, index) => plusDays(first, index));
  const [teams, people, lands, shifts] = await Promise.all([
    rows("teams"), rows("people"), territories(), all("shifts", { from: days[0], to: days[6] }),
  ]);
  if (!teams.length) return h("p", { class: "empty" }, say("week_empty"));
  const shiftOf = new Map(shifts.map((shift) => [`${shift.team} ${shift.date}`, shift]));
  const names = { people: byKey(people), territories: byKey(lands) };
  const caption = `${say("week_caption")} · ${say("week_of", { start: day(days[0]), end: day(days[6]) })}`;
  return h("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": caption },
    h("table", { class: "week" }, h("caption", {}, caption),
      h("thead", {}, h("tr", {}, h("th", { scope: "col" }, say("team")), days.map((one) =>
        h("th", { scope: "col", "aria-current": one === setting.today ? "date" : null }, day(one))))),
      h("tbody", {}, teams.filter((team) => team.active !== false).map((team) => h("tr", {},
        h("th", { scope: "row" }, team.name, h("span", { class: "block soft" }, territoryLabel(names.territories.get(team.territory)))),
        days.map((one) => h("td", { "aria-current": one === setting.today ? "date" : null }, shiftNodes(shiftOf.get(`${team.id} ${one}`), names))))))));
});

function shiftNodes(shift, names) {
  if (!shift) return h("span", { class: "soft" }, say("no_shift"));
  return [
    h("span", { class: "block" }, `${shift.start}–${shift.end}`),
    shift.people.map((id) => h("span", { class: "block" }, nameOf(names.people, id))),
    shift.people.length < LEAST_PEOPLE && h("strong", { class: "bad" }, say("alone")),
  ];
}

for (const [id, target] of [["earlier", () => plusDays(weekStart(), -7)], ["this-week", () => ""], ["later", () => plusDays(weekStart(), 7)]]) {
  byId(id).addEventListener("click", () => { remember({ week: target() }); showWeek(); });
}

showPeople();
showWeek();
