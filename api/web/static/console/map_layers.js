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
  return { map, outlines: L.layerGroup().addTo(map), routes: L.layerGroup().addTo(map), villages: L.layerGroup().addTo(map), markers: new Map() };
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
