// The shifts of a week: who works with whom on each day, and the form behind each cell.
import { remember, wish } from "./address.js";
import { territoryLabel } from "./badge.js";
import { all } from "./client.js";
import { byId, h } from "./dom.js";
import { groupsNow } from "./groups.js";
import { byKey, nameOf, rows, territories } from "./rows.js";
import { shiftForm } from "./shift_form.js";
import { show, tell } from "./shell.js";
import { day, plusDays, say, setting } from "./words.js";

const LEAST_PEOPLE = 2;

function monday(iso) {
  const weekday = (new Date(`${iso}T00:00:00Z`).getUTCDay() + 6) % 7;
  return plusDays(iso, -weekday);
}

const weekStart = () => monday(/^\d{4}-\d\d-\d\d$/.test(wish("week")) ? wish("week") : setting.today);

/** Show the week that the address names; `focus` is the cell ("team date") whose button gets the focus. */
export const showWeek = (focus = null) => show(byId("week"), async () => {
  const first = weekStart();
  const days = Array.from({ length: 7 }, (_, index) => plusDays(first, index));
  const [teams, people, lands, shifts, now] = await Promise.all([
    rows("teams"), rows("people"), territories(), all("shifts", { from: days[0], to: days[6] }), groupsNow(),
  ]);
  const used = teams.filter((team) => team.active !== false);
  if (!used.length) return h("p", { class: "empty" }, say("week_empty"));
  const data = { people, shifts, groups: now.groups, names: { people: byKey(people), territories: byKey(lands) } };
  const caption = `${say("week_caption")} · ${say("week_of", { start: day(days[0]), end: day(days[6]) })}`;
  if (focus) requestAnimationFrame(() => byId(cellId(...focus.split(" ")))?.focus());
  return h("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": caption },
    h("table", { class: "week" }, h("caption", {}, caption),
      h("thead", {}, h("tr", {}, h("th", { scope: "col" }, say("team")), days.map((one) =>
        h("th", { scope: "col", "aria-current": one === setting.today ? "date" : null }, day(one))))),
      h("tbody", {}, used.map((team) => h("tr", {},
        h("th", { scope: "row" }, team.name, h("span", { class: "block soft" }, territoryLabel(data.names.territories.get(team.territory)))),
        days.map((date) => h("td", { "aria-current": date === setting.today ? "date" : null }, cell(team, date, data))))))));
});

const cellId = (team, date) => `shift-${team}-${date}`;

function cell(team, date, data) {
  const shift = data.shifts.find((one) => one.team === team.id && one.date === date);
  const past = date < setting.today;
  const facts = { team: team.name, day: day(date) };
  const open = (text, label) => h("button", { type: "button", class: "link", id: cellId(team.id, date), "aria-label": label,
    onclick: () => edit(team, date, shift, data) }, text);
  if (!shift) return past ? h("span", { class: "soft" }, say("no_shift")) : open(say("add_shift"), say("add_shift_for", facts));
  const time = `${shift.start}–${shift.end}`;
  return [
    past ? h("span", { class: "block" }, time) : open(time, say("change_shift_for", { ...facts, time })),
    shift.people.map((id) => h("span", { class: "block" }, nameOf(data.names.people, id))),
    shift.people.length < LEAST_PEOPLE && h("strong", { class: "bad" }, say("alone")),
  ];
}

async function edit(team, date, shift, data) {
  const branch = data.names.territories.get(team.territory)?.branch;
  const group = data.groups.get(team.territory);
  const before = data.shifts.filter((one) => one.team === team.id && one.date < date).sort((a, b) => (a.date < b.date ? 1 : -1));
  const saved = await shiftForm({
    team, date, shift: shift ?? null, last: before[0],
    people: data.people.filter((one) => one.active !== false && one.branch === branch),
    group: new Set([group?.leader, ...(group?.members ?? [])].filter(Boolean)),
  });
  if (!saved) return;
  tell(say("shift_saved", { team: team.name, day: day(date) }));
  await showWeek(`${team.id} ${date}`);
}

/** Let the buttons above the table turn the weeks. */
export function turnWeeks() {
  for (const [id, target] of [["earlier", () => plusDays(weekStart(), -7)], ["this-week", () => ""], ["later", () => plusDays(weekStart(), 7)]]) {
    byId(id).addEventListener("click", () => { remember({ week: target() }); showWeek(); });
  }
}
