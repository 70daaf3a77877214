// People: where they work and what they know, a code for a phone; their teams, places and shifts.
import { page } from "./address.js";
import { territoryLabel } from "./badge.js";
import { all, call } from "./client.js";
import { byId, fill, h } from "./dom.js";
import { groupsNow } from "./groups.js";
import { addPerson, changePerson } from "./people_forms.js";
import { showPlacing } from "./place_person.js";
import { byKey, forget, fullName, grouped, rows, territories } from "./rows.js";
import { press, show, tell } from "./shell.js";
import { table } from "./table.js";
import { showTeams } from "./territory_teams.js";
import { showWeek, turnWeeks } from "./week.js";
import { moment, number, say } from "./words.js";

const showPeople = () => show(byId("people"), async () => {
  const [people, lands, villages, now, devices] = await Promise.all([
    rows("people"), territories(), rows("villages"), groupsNow(), all("devices", { active: true }),
  ]);
  const phones = grouped(devices, (device) => device.person);
  const landById = byKey(lands);
  const villageById = byKey(villages);
  const place = (person) => landById.get(now.placeOf.get(person.id));
  const columns = [
    { key: "name", title: say("name"), value: (one) => one.name, cell: (one) => h("button", { type: "button", class: "link", id: `person-${one.id}`,
      "aria-label": say("change_of", { name: one.name }), onclick: () => change(one, villages) }, one.name) },
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

async function change(person, villages) {
  const saved = await changePerson(person, { villages });
  if (!saved) return;
  tell(say("changed", { name: saved.name ?? person.name }));
  changed("people-heading", `person-${person.id}`);
}

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
    changed("people-heading", `person-${person.id}`);
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

function draw() {
  return Promise.all([showPeople(), showTeams(changed), showPlacing(() => changed("placing-heading")), showWeek()]);
}

/** After a change: everything on the page anew, and the focus on what was changed; where it is not shown, on the heading. */
async function changed(heading, id = heading) {
  forget();
  await draw();
  (byId(id) ?? byId(heading)).focus();
}

byId("add-person").addEventListener("click", async () => {
  const person = await addPerson({ branches: await rows("branches") });
  if (!person) return;
  tell(say("added", { name: person.name }));
  changed("people-heading");
});
turnWeeks();
draw();
