// Placing a village by hand: a pin on the map (click, drag or arrow keys), coordinates in any datum, places of a list; and the undo.
import { call, get } from "./client.js";
import { h } from "./dom.js";
import { clearDraft, draftPin, showCandidates, showTown } from "./map_layers.js";
import { fullName } from "./rows.js";
import { press, show, tell } from "./shell.js";
import { day, number, say, sayOr } from "./words.js";

const DATUMS = ["wgs84", "gcj02", "bd09"];
const DIGITS = 6;

/** Where a village's place comes from, in words; what is planned meanwhile where it has none. */
export function placeWords(village) {
  if (village.lat === null) return h("strong", { class: "bad" }, village.town ? say("place_by_town", { town: village.town }) : say("place_missing"));
  const from = sayOr(`source_${village.place_source}`, "");
  const within = village.place_accuracy === null ? "" : say("place_within", { metres: number(village.place_accuracy) });
  return [`${village.lat.toFixed(5)}, ${village.lon.toFixed(5)}`,
    h("span", { class: "soft block" }, [from, within, village.placed_at && day(village.placed_at.slice(0, 10))].filter(Boolean).join(" · "))];
}

/** Villages without a place, the most households first; `choose(village)` opens one. */
export function unplacedNodes(villages, choose) {
  const missing = unplaced(villages);
  if (!missing.length) return null;
  return h("section", { class: "unplaced", "aria-labelledby": "unplaced-heading" },
    h("h3", { id: "unplaced-heading" }, say("unplaced", { n: number(missing.length) })),
    h("p", { class: "hint" }, say("unplaced_hint")),
    h("ul", {}, missing.map((one) => h("li", {},
      h("button", { type: "button", class: "link", onclick: () => choose(one) }, fullName(one)),
      h("span", { class: "soft" }, ` ${[one.town, say("n_households", { n: number(one.households) })].filter(Boolean).join(" · ")}`)))));
}

const unplaced = (villages) => villages.filter((one) => one.lat === null)
  .sort((a, b) => b.households - a.households || (a.id < b.id ? -1 : 1));

/** The editor of one village's place. `changed(message)` after it was stored; `choose(village)` goes on to another. */
export function placeEditor(village, villages, view, { changed, choose }) {
  const form = coordinates(village, save);
  const help = h("div");
  const next = unplaced(villages).find((one) => one.id !== village.id);
  const box = h("details", { class: "place-editor", open: village.lat === null }, h("summary", {}, say("give_place")),
    h("p", { class: "hint" }, say("place_how")),
    h("p", {}, h("button", { type: "button", onclick: () => pinAt(view.map.getCenter(), true) }, say("pin_middle"))),
    help, form);

  function pinAt(point, focus = false) {
    const moved = (at) => write(form, at);
    moved(point);
    draftPin(view, point, say("pin_of", { village: fullName(village) }), { moved, done: () => form.requestSubmit(), focus });
  }

  async function save(body, button) {
    const answer = await press(button, () => call("PATCH", `villages/${village.id}`, { body, version: village.version }));
    if (answer) stored(say("place_saved", { village: fullName(village) }), answer.data.version);
  }

  function stored(message, version) {
    changed([message, " ", undo(village, version, changed)]);
  }

  async function begin() {
    const known = await get(`villages/${village.id}/place`);
    if (village.lat === null && known.town) showTown(view, known.town, say("town_of", { town: known.town.name }));
    showCandidates(view, known.candidates, (one) => say("candidate_marker", { name: one.name, n: known.candidates.indexOf(one) + 1 }),
      (one) => save({ candidate: one.id }, help));
    return [
      known.undoable && h("p", {}, undo(village, village.version, changed)),
      known.candidates.length > 0 && [
        h("h3", {}, say("candidates", { n: number(known.candidates.length), name: village.name })),
        h("ol", { class: "candidates" }, known.candidates.map((one) => h("li", {},
          h("button", { type: "button", onclick: (event) => save({ candidate: one.id }, event.currentTarget) }, say("candidate_take", { name: one.name })),
          h("span", { class: "soft block" }, candidateWords(one))))),
      ],
    ];
  }

  const arm = () => {
    if (!box.isConnected) return;
    clearDraft(view);
    view.placing = box.open ? pinAt : null;
    if (box.open) show(help, begin);
  };
  box.addEventListener("toggle", arm);
  form.addEventListener("input", () => {
    const said = read(form);
    if (said && said.datum === "wgs84") pinAt({ lat: said.lat, lng: said.lon });
  });
  return [box, next && h("p", {}, h("button", { type: "button", class: "link", onclick: () => choose(next) },
    say("place_next", { village: fullName(next) })))];
}

const candidateWords = (one) => [one.within, one.kind, one.km_from_town !== null && say("candidate_far", { km: number(one.km_from_town) }),
  `${one.lat.toFixed(4)}, ${one.lon.toFixed(4)}`, one.source].filter(Boolean).join(" · ");

function undo(village, version, changed) {
  return h("button", { type: "button", onclick: async (event) => {
    const done = await press(event.currentTarget, () => call("POST", `villages/${village.id}/place/undo`, { version }));
    if (done) changed(say("place_undone", { village: fullName(village) }));
  } }, say("undo_place"));
}

function coordinates(village, save) {
  const field = (id, label, most, value) => [h("label", { for: id }, say(label)),
    h("input", { id, inputmode: "decimal", autocomplete: "off", required: true, "data-most": most, value: value ?? "" })];
  const form = h("form", { class: "form" }, field("lat", "latitude", 90, village.lat), field("lon", "longitude", 180, village.lon),
    h("label", { for: "datum" }, say("datum")),
    h("select", { id: "datum", "aria-describedby": "datum-why" }, DATUMS.map((one) => h("option", { value: one }, say(`datum_${one}`)))),
    h("p", { class: "hint", id: "datum-why" }, say("datum_why")),
    h("button", { class: "primary" }, say("save_place")));
  form.elements.lat.addEventListener("input", () => {
    // "29.5123, 106.5234" as other programs copy it.
    const pair = form.elements.lat.value.trim().match(/^(-?[\d.]+)[\s,，;]+(-?[\d.]+)$/);
    if (pair) [, form.elements.lat.value, form.elements.lon.value] = pair;
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const said = read(form);
    if (said) save(said, form.querySelector("button.primary"));
    else tell(say("place_no_number"), "error");
  });
  return form;
}

function read(form) {
  const number = ({ value, dataset }) => {
    const found = Number(value.normalize("NFKC").trim() || NaN);
    return Math.abs(found) <= Number(dataset.most) ? found : NaN;
  };
  const [lat, lon] = [number(form.elements.lat), number(form.elements.lon)];
  return Number.isNaN(lat) || Number.isNaN(lon) ? null : { lat, lon, datum: form.elements.datum.value };
}

/** A pin stands on the map, which is WGS-84. */
function write(form, point) {
  for (const [name, value] of [["lat", point.lat], ["lon", point.lng]]) {
    if (Number(form.elements[name].value) !== value) form.elements[name].value = value.toFixed(DIGITS);
  }
  form.elements.datum.value = "wgs84";
}
