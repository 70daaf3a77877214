// Draw villages, the outlines of territories and the routes of a plan on a Leaflet map.
import { ways } from "../shared/ways.js";
import { badge } from "./badge.js";
import { h } from "./dom.js";
import { fullName, grouped } from "./rows.js";
import { number, say, setting } from "./words.js";

const { L } = window;
const SMALLEST = 18;
const LARGEST = 38;
const ON_TOP = 5000;

/** Make the map; tiles only if the service is set up for them. */
export function makeMap(element) {
  const map = L.map(element, { zoomSnap: 0.25, attributionControl: Boolean(setting.tiles), zoomControl: true });
  if (setting.tiles) L.tileLayer(setting.tiles, { attribution: setting.tiles_credit, maxZoom: 19 }).addTo(map);
  L.control.scale({ imperial: false }).addTo(map);
  const layer = () => L.layerGroup().addTo(map);
  const view = { map, outlines: layer(), routes: layer(), villages: layer(), help: layer(), draft: layer(), markers: new Map(), placing: null };
  // While a village is being placed a click says where it is.
  map.on("click", (event) => view.placing?.(event.latlng));
  return view;
}

// --- placing a village -------------------------------------------------------------------------------------

const STEP = 10;
const ARROWS = { ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] };

/** Take the pin, the town and the candidates off the map. */
export function clearDraft(view) {
  view.draft.clearLayers();
  view.help.clearLayers();
  view.pin = null;
}

/**
 * Put the pin of the village that is being placed, or move it there. It can be dragged; with the keyboard arrows
 * move it ten pixels (with Shift one) and Enter is `done()`. `moved(latlng)` tells where it went.
 */
export function draftPin(view, point, label, { moved, done, focus }) {
  if (!view.pin) {
    const icon = L.divIcon({ className: "draft-pin", html: h("span", {}, "+"), iconSize: [36, 36] });
    view.pin = L.marker(point, { icon, title: label, alt: label, draggable: true, autoPan: true, zIndexOffset: 2 * ON_TOP }).addTo(view.draft);
    view.pin.on("drag", () => moved(view.pin.getLatLng()));
    view.pin.getElement().addEventListener("keydown", (event) => {
      const way = ARROWS[event.key];
      if (!way && event.key !== "Enter") return;
      event.preventDefault();
      event.stopPropagation();
      if (!way) { done(); return; }
      const by = event.shiftKey ? 1 : STEP;
      const at = view.map.latLngToContainerPoint(view.pin.getLatLng()).add([way[0] * by, way[1] * by]);
      view.pin.setLatLng(view.map.containerPointToLatLng(at));
      moved(view.pin.getLatLng());
      view.map.panInside(view.pin.getLatLng(), { padding: [40, 40], animate: false });
    });
  }
  view.pin.setLatLng(point);
  view.map.panInside(view.pin.getLatLng(), { padding: [40, 40], animate: false });
  if (focus) view.pin.getElement().focus();
}

/** Show where the town lies that a village is looked for in: a ring with its name, no pin. */
export function showTown(view, town, label) {
  L.circleMarker([town.lat, town.lon], { className: "town-ring", radius: 16, interactive: false })
    .bindTooltip(text(label), { permanent: true, direction: "top", offset: [0, -14] }).addTo(view.help);
  view.map.setView([town.lat, town.lon], Math.max(view.map.getZoom(), 12), { animate: false });
}

/** Show the places of a list that may be meant, numbered; a click takes one. */
export function showCandidates(view, candidates, label, take) {
  candidates.forEach((one, index) => {
    const icon = L.divIcon({ className: "candidate-mark", html: h("span", {}, String(index + 1)), iconSize: [32, 32] });
    const marker = L.marker([one.lat, one.lon], { icon, title: label(one), alt: label(one), keyboard: true, zIndexOffset: ON_TOP });
    marker.on("click", () => take(one));
    marker.on("keypress", (event) => event.originalEvent.key === "Enter" && take(one));
    marker.addTo(view.help);
  });
  if (candidates.length) view.map.fitBounds(L.latLngBounds(candidates.map((one) => [one.lat, one.lon])).pad(0.3), { maxZoom: 14, animate: false });
}

/** Put a mark for each village that has a place. `choose(village)` is called on click and on Enter. */
export function drawVillages(view, villages, territories, choose) {
  view.villages.clearLayers();
  view.outlines.clearLayers();
  view.markers.clear();
  const placed = villages.filter((village) => village.lat !== null);
  const most = Math.max(1, ...placed.map((village) => village.households));
  for (const village of placed) {
    const marker = villageMarker(village, territories.get(village.territory), most);
    marker.on("click", () => choose(village));
    marker.on("keypress", (event) => event.originalEvent.key === "Enter" && choose(village));
    marker.addTo(view.villages);
    view.markers.set(village.id, marker);
  }
  for (const [id, group] of grouped(placed, (village) => village.territory)) {
    if (id && group.length > 2) outline(group, territories.get(id)).addTo(view.outlines);
  }
}

function villageMarker(village, territory, most) {
  const size = Math.round(SMALLEST + (LARGEST - SMALLEST) * Math.sqrt(village.households / most));
  const text = say("village_marker", { name: fullName(village), territory: territory?.name ?? say("no_territory"), n: number(village.households) });
  const icon = L.divIcon({ html: h("div", { class: "village-mark" }, badge(territory)), className: "village", iconSize: [size, size] });
  const marker = L.marker([village.lat, village.lon], { icon, title: text, alt: text, keyboard: true, riseOnHover: true });
  marker.above = (LARGEST - size) * 100; // a small village is never hidden under a large one
  return marker.setZIndexOffset(marker.above);
}

/** Show which village is chosen. */
export function markChosen(view, id) {
  for (const [village, marker] of view.markers) {
    marker.getElement()?.classList.toggle("chosen", village === id);
    marker.setZIndexOffset(village === id ? ON_TOP - 1 : marker.above);
  }
}

function outline(villages, territory) {
  const points = hull(villages.map((village) => [village.lon, village.lat]));
  return L.polygon(points.map(([lon, lat]) => [lat, lon]), {
    className: `outline colour-${territory?.colour ?? "none"}`, interactive: false, weight: 1, smoothFactor: 0,
  });
}

/** Convex hull (Andrew's monotone chain, 1979). */
function hull(points) {
  const sorted = [...points].sort((a, b) => a[0] - b[0] || a[1] - b[1]);
  const turn = (o, a, b) => (a[0] - o[0]) * (b[1] - o[1]) - (a[1] - o[1]) * (b[0] - o[0]);
  const half = (list) => {
    const kept = [];
    for (const point of list) {
      while (kept.length > 1 && turn(kept.at(-2), kept.at(-1), point) <= 0) kept.pop();
      kept.push(point);
    }
    return kept.slice(0, -1);
  };
  return [...half(sorted), ...half(sorted.reverse())];
}

/** Draw routes from the start place by their stops and back, on roads where these are known; the name tells teams apart. */
export function drawRoutes(view, routes, territories) {
  view.routes.clearLayers();
  routes.forEach((route, index) => {
    const stops = route.stops.filter((stop) => !stop.withdrawn && stop.lat !== null);
    if (!stops.length) return;
    const colour = territories.get(route.territory)?.colour ?? "none";
    const label = say("route_label", { team: route.team_name, stops: number(stops.length), km: number(route.km) });
    const { roads, straight } = ways(placesOf(route));
    for (const [lines, kind] of [[straight, "straight"], [roads, "road"]]) {
      const className = `route-line ${kind} colour-${colour} shade-${index % 3}`;
      if (lines.length) L.polyline(lines, { className, weight: 3 }).bindTooltip(text(label), { sticky: true }).addTo(view.routes);
    }
    const far = stops[Math.floor(stops.length / 2)];
    L.marker([far.lat, far.lon], { interactive: false, keyboard: false, zIndexOffset: ON_TOP, icon: L.divIcon({ className: "route-name", html: h("span", {}, route.team_name), iconSize: null }) }).addTo(view.routes);
    for (const place of [route.from_place, route.to_place]) {
      if (place?.lat !== undefined) L.circleMarker([place.lat, place.lon], { className: "branch-mark", radius: 6 }).addTo(view.routes);
    }
  });
}

/** Start, stops and end; the road that led to or from a withdrawn stop is none. */
function placesOf(route) {
  const places = [];
  let broken = false;
  for (const one of [route.from_place, ...route.stops, { ...route.to_place, line: route.line_back }]) {
    if (!one.withdrawn) places.push({ at: Number.isFinite(one.lat) ? [one.lat, one.lon] : null, line: broken ? null : one.line });
    broken = Boolean(one.withdrawn);
  }
  return places;
}

/** Leaflet takes strings as markup: hand it a node. */
const text = (label) => h("span", {}, label);

export function fit(view, villages) {
  const placed = villages.filter((village) => village.lat !== null);
  if (placed.length) view.map.fitBounds(L.latLngBounds(placed.map((village) => [village.lat, village.lon])).pad(0.08));
  else view.map.setView([30, 110], 5);
}
