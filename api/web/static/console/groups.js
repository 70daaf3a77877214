// Who works which territory today: leader and members, from the placements that the API gives with its territories.
import { territories } from "./rows.js";

/** {groups: territory id → {leader, members}, placeOf: person id → territory id, roleOf: person id → role}. */
export async function groupsNow() {
  const groups = new Map();
  const placeOf = new Map();
  const roleOf = new Map();
  for (const territory of await territories()) {
    const placed = territory.group ?? [];
    groups.set(territory.id, {
      leader: placed.find((one) => one.role === "leader")?.person ?? null,
      members: placed.filter((one) => one.role !== "leader").map((one) => one.person),
    });
    for (const one of placed) {
      placeOf.set(one.person, territory.id);
      roleOf.set(one.person, one.role);
    }
  }
  return { groups, placeOf, roleOf };
}
