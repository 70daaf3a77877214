// The forms that add and change people, territories and teams.
import { call, get } from "./client.js";
import { openForm } from "./form_dialog.js";
import { fullName } from "./rows.js";
import { compare, say } from "./words.js";

/** Rows as choices of a select; `none` offers to choose nothing. */
export const choices = (rows, label = (one) => one.name, none = null) => [
  ...(none === null ? [] : [{ value: "", label: none }]), ...rows.map((one) => ({ value: one.id, label: label(one) })),
];

const villageChoices = (villages, branch) => villages.filter((one) => one.branch === branch)
  .map((one) => ({ value: one.id, label: [one.town, fullName(one)].filter(Boolean).join(" · ") }))
  .sort((a, b) => compare(a.label, b.label));

/** Add a person. `data`: branches, villages. Resolves to the person, or undefined. */
export async function addPerson(data) {
  // One branch decides which villages can be chosen; what they know is filled in where it is known.
  const { branches } = data;
  return openForm({
    title: say("add_person"), button: say("add"),
    fields: [
      { name: "branch", label: say("branch"), kind: "select", options: choices(branches) },
      { name: "name", label: say("name"), required: true, max: 60 },
      { name: "staff_number", label: say("staff_number"), required: true, max: 40 },
      { name: "phone", label: say("phone_number"), kind: "tel", max: 24, hint: say("optional") },
    ],
    save: async (values) => (await call("POST", "people", { body: { ...values, phone: values.phone || null } })).data,
  });
}

/** Change a person: also the villages they know and the one they live in. */
export async function changePerson(person, data) {
  const villages = villageChoices(data.villages, person.branch);
  return openForm({
    title: say("change_of", { name: person.name }), button: say("save"),
    fields: [
      { name: "name", label: say("name"), value: person.name, required: true, max: 60 },
      { name: "staff_number", label: say("staff_number"), value: person.staff_number, required: true, max: 40 },
      { name: "phone", label: say("phone_number"), kind: "tel", max: 24, hint: person.phone ? say("phone_kept", { phone: person.phone }) : say("optional") },
      ...(person.phone ? [{ name: "no_phone", label: say("phone_remove"), kind: "check", value: false }] : []),
      { name: "home_village", label: say("home_village"), kind: "select", value: person.home_village, options: [{ value: "", label: say("unknown") }, ...villages], hint: say("home_hint") },
      { name: "knows", label: say("knows"), kind: "many", value: person.knows, options: villages },
      { name: "active", label: say("active"), kind: "check", value: person.active, hint: say("active_hint") },
    ],
    save: async ({ phone, no_phone: removed, home_village: home, ...values }) => (await call("PATCH", `people/${person.id}`, {
      body: { ...values, home_village: home || null, ...(removed ? { phone: null } : phone ? { phone } : {}) }, version: person.version,
    })).data,
    again: async () => changePerson(await get(`people/${person.id}`), data),
  });
}

/** Add a territory. */
export const addTerritory = (data) => openForm({
  title: say("add_territory"), button: say("add"),
  fields: [
    { name: "branch", label: say("branch"), kind: "select", options: choices(data.branches) },
    { name: "name", label: say("name"), required: true, max: 60, hint: say("territory_hint") },
  ],
  save: async (body) => (await call("POST", "territories", { body })).data,
});

/** Change a territory's name. */
export const changeTerritory = (territory) => openForm({
  title: say("change_of", { name: territory.name }), button: say("save"),
  fields: [{ name: "name", label: say("name"), value: territory.name, required: true, max: 60 }],
  save: async (body) => (await call("PATCH", `territories/${territory.id}`, { body, version: territory.version })).data,
  again: async () => changeTerritory(await get(`territories/${territory.id}`)),
});

/** Add a team to a territory. */
export const addTeam = (territory) => openForm({
  title: say("add_team_to", { territory: territory.name }), button: say("add"),
  fields: [{ name: "name", label: say("name"), required: true, max: 60, hint: say("team_hint") }],
  save: async (body) => (await call("POST", "teams", { body: { ...body, territory: territory.id } })).data,
});

/** Change a team: its name, and whether it is in use. */
export const changeTeam = (team) => openForm({
  title: say("change_of", { name: team.name }), button: say("save"),
  fields: [
    { name: "name", label: say("name"), value: team.name, required: true, max: 60 },
    { name: "active", label: say("in_use"), kind: "check", value: team.active, hint: say("in_use_hint") },
  ],
  save: async (body) => (await call("PATCH", `teams/${team.id}`, { body, version: team.version })).data,
  again: async () => changeTeam(await get(`teams/${team.id}`)),
});
