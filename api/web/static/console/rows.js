// The lender's rows that several pages name: territories, villages, people, teams. Loaded once a page.
import { all } from "./client.js";
import { compare, say } from "./words.js";

const COLOURS = 8;
const SHAPES = ["circle", "square", "diamond"];
const loaded = new Map();

/** All rows of a list, as an array sorted by name. The same list is fetched once, until `forget`. */
export function rows(path, query = {}) {
  const key = JSON.stringify([path, query]);
  if (!loaded.has(key)) {
    const asked = all(path, query).then((items) => items.sort((a, b) => compare(a.name, b.name)));
    asked.catch(() => loaded.delete(key));
    loaded.set(key, asked);
  }
  return loaded.get(key);
}

/** Ask the service again next time: something was changed. */
export const forget = () => loaded.clear();

/** Rows by id. */
export const byKey = (items, key = "id") => new Map(items.map((item) => [item[key], item]));

/** Rows in groups by a key. */
export function grouped(items, keyOf) {
  const found = new Map();
  for (const item of items) {
    const key = keyOf(item);
    if (!found.has(key)) found.set(key, []);
    found.get(key).push(item);
  }
  return found;
}

/** The territories, each with the letter, colour and shape that it has on the map and in every table. */
export async function territories() {
  const found = await rows("territories");
  // By id, which is the order of their making: the same letters for every reader, whatever the language sorts.
  [...found].sort((a, b) => (a.id < b.id ? -1 : 1)).forEach((territory, index) => {
    territory.letter = letter(index);
    territory.colour = index % COLOURS;
    territory.shape = SHAPES[Math.floor(index / COLOURS) % SHAPES.length];
  });
  return found;
}

function letter(index) {
  return (index >= 26 ? letter(Math.floor(index / 26) - 1) : "") + String.fromCharCode(65 + (index % 26));
}

/** A village's name inside its administrative village: many are called "group 1". */
export const fullName = (village) => (village ? [village.admin_village, village.name].filter(Boolean).join(" ") : "");

export const nameOf = (map, id) => map.get(id)?.name ?? (id ? say("unknown") : "–");
