// Numbered markers. Those that would cover each other at a zoom are drawn as one, named "3–5, 9".

import { element } from "../shared/dom.js";
import { t } from "../shared/texts.js";

const REACH = 40;

/** Return numbers as people write them: [3, 4, 5, 9] is "3–5, 9". Sorted, without repeats. */
export function ranges(numbers) {
  const runs = [];
  for (const number of numbers) {
    const last = runs.at(-1);
    if (last && number === last[1] + 1) last[1] = number;
    else runs.push([number, number]);
  }
  return runs.map(([from, to]) => (from === to ? `${from}` : `${from}–${to}`)).join(", ");
}

/** Draw the stops, again after each zoom. A tap opens a stop, or looks closer at several. */
export function draw(leaflet, map, stops, isDone) {
  const layer = leaflet.layerGroup().addTo(map);
  const again = () => {
    layer.clearLayers();
    groups(map, stops).forEach((group) => marker(leaflet, map, group, isDone).addTo(layer));
  };
  map.on("zoomend", again);
  again();
}

function groups(map, stops) {
  const found = [];
  for (const stop of stops) {
    const at = map.latLngToLayerPoint([stop.visit.lat, stop.visit.lon]);
    const near = found.find((group) => group.at.distanceTo(at) < REACH);
    if (near) near.stops.push(stop);
    else found.push({ at, stops: [stop] });
  }
  return found;
}

function marker(leaflet, map, { stops }, isDone) {
  const orders = ranges(stops.map((stop) => stop.order));
  const [first] = stops;
  const title = stops.length === 1
    ? t("map.stop", { order: first.order, village: first.village.name }) : t("map.stops", { orders });
  const done = stops.every(isDone);
  const text = element("span", {}, done ? `✓ ${orders}` : orders);
  const icon = leaflet.divIcon({ html: text, className: done ? "marker past" : "marker", iconSize: null });
  const made = leaflet.marker([first.visit.lat, first.visit.lon], { icon, title, alt: title });
  const apart = new Set(stops.map((stop) => `${stop.visit.lat},${stop.visit.lon}`)).size > 1;
  return made.on("click keypress", (event) => {
    if (event.type === "keypress" && event.originalEvent.key !== "Enter") return;
    if (apart && map.getZoom() < map.getMaxZoom()) map.fitBounds(stops.map((stop) => [stop.visit.lat, stop.visit.lon]), { padding: [48, 48] });
    else location.hash = `#stop/${(stops.find((stop) => !isDone(stop)) ?? first).id}`;
  });
}
