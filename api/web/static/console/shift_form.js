// The form that adds or changes the shift of a team on a day.
import { call, get } from "./client.js";
import { openForm } from "./form_dialog.js";
import { day, say } from "./words.js";

const USUAL = { start: "08:30", end: "17:30", break: { earliest: "12:00", latest: "13:30", minutes: 45 } };

/**
 * Open the form. `shift` is null for a new one, which begins like `last`; `people` are those that may go, those of the
 * territory's group first; `group` are their ids.
 */
export function shiftForm({ team, date, shift, last, people, group }) {
  const from = shift ?? { ...USUAL, ...last, people: last?.people ?? [] };
  const had = from.break ?? {};
  const first = people.filter((one) => group.has(one.id));
  const others = people.filter((one) => !group.has(one.id));
  const option = (one) => ({ value: one.id, label: group.has(one.id) ? say("of_the_group", { name: one.name }) : one.name });
  return openForm({
    title: say("shift_of", { team: team.name, day: day(date) }), button: say(shift ? "save" : "add"),
    fields: [
      { name: "people", label: say("who_goes"), kind: "many", value: from.people, options: [...first, ...others].map(option), required: true, hint: say("who_goes_hint") },
      { name: "start", label: say("start"), kind: "time", value: from.start, required: true },
      { name: "end", label: say("end"), kind: "time", value: from.end, required: true },
      { name: "overtime_minutes", label: say("overtime"), kind: "number", value: from.overtime_minutes || "", hint: say("overtime_hint") },
      { name: "minutes", path: "break.minutes", label: say("break_minutes"), kind: "number", value: had.minutes, hint: say("break_hint") },
      { name: "earliest", path: "break.earliest", label: say("break_from"), kind: "time", value: had.earliest },
      { name: "latest", path: "break.latest", label: say("break_until"), kind: "time", value: had.latest },
    ],
    save: async ({ minutes, earliest, latest, overtime_minutes, ...values }) => {
      // A break with a part missing is sent as well: the answer says at its field what is missing.
      const rest = { ...(minutes && { minutes: Number(minutes) }), ...(earliest && { earliest }), ...(latest && { latest }) };
      const body = { ...values, overtime_minutes: Number(overtime_minutes), break: Object.keys(rest).length ? rest : null };
      return (await (shift
        ? call("PATCH", `shifts/${shift.id}`, { body, version: shift.version })
        : call("POST", "shifts", { body: { ...body, team: team.id, date } }))).data;
    },
    again: async () => shiftForm({ team, date, shift: await get(`shifts/${shift.id}`), last, people, group }),
  });
}
