// Put a person into a territory's group from a day on; the effect stands beside the button that does it.
import { all } from "./client.js";
import { byId, fill, h } from "./dom.js";
import { groupsNow } from "./groups.js";
import { byKey, nameOf, rows, territories } from "./rows.js";
import { reassignment } from "./reassign.js";
import { show, tell } from "./shell.js";
import { day, say, setting } from "./words.js";

const ROLES = ["member", "leader"];

/** Show the form; `changed()` after a commit. */
export const showPlacing = (changed) => show(byId("placing"), async () => {
  const [people, lands, plans, now] = await Promise.all([
    rows("people"), territories(), all("plans", { status: "published" }), groupsNow(),
  ]);
  const names = { people: byKey(people), territories: byKey(lands), plans: byKey(plans) };
  const option = (one, label) => h("option", { value: one.id }, label);
  const where = (one) => [one.name, now.placeOf.has(one.id) && nameOf(names.territories, now.placeOf.get(one.id))].filter(Boolean).join(" · ");
  const person = h("select", { id: "place-person" }, h("option", { value: "" }, say("choose")),
    people.filter((one) => one.active !== false).map((one) => option(one, where(one))));
  const territory = h("select", { id: "place-territory" });
  const from = h("input", { id: "place-from", type: "date", min: setting.today, value: setting.today });
  const role = h("select", { id: "place-role" }, ROLES.map((one) => h("option", { value: one }, say(`role_${one}`))));
  const handover = h("input", { id: "place-handover", type: "checkbox" });
  const facts = () => ({ name: nameOf(names.people, person.value), territory: nameOf(names.territories, territory.value), day: day(from.value) });

  /** The territories of the person's branch. */
  function offer() {
    const branch = names.people.get(person.value)?.branch;
    fill(territory, h("option", { value: "" }, say("choose")),
      lands.filter((one) => !branch || one.branch === branch).map((one) => option(one, one.name)));
  }
  const part = reassignment(() => names, () => { tell(say("placed", facts())); changed(); });
  function measure() {
    const whole = person.value && territory.value && from.value;
    part.measure(whole ? { places: [{ person: person.value, territory: territory.value, from: from.value, role: role.value, handover: handover.checked }] } : null,
      whole ? say("place_button", facts()) : "");
  }
  offer();
  person.addEventListener("change", () => { offer(); measure(); });
  for (const control of [territory, from, role, handover]) control.addEventListener("change", measure);
  const line = (id, key, control) => h("div", {}, h("label", { for: id }, say(key)), control);
  return h("div", { class: "form" },
    h("p", { class: "hint" }, say("placing_hint")),
    h("div", { class: "form-grid" },
      line("place-person", "person", person), line("place-territory", "to_territory", territory),
      line("place-from", "from_day", from), line("place-role", "role", role),
      h("label", { class: "check" }, handover, say("handover"))),
    part.element);
});
