// The route on a map, in order: usable without tiles and without a network, north up.

import { button, element, fill } from "../shared/dom.js";
import { t } from "../shared/texts.js";
import { ways } from "../shared/ways.js";
import { day } from "./day.js";
import { facts } from "./facts.js";
import { loadLeaflet } from "./leaflet.js";
import { draw as drawMarkers } from "./markers.js";
import { reported } from "./outbox.js";
import { dayInWords, today } from "./when.js";

export let still = false;

export function draw(date = today()) {
  const shown = day(date);
  const frame = element("div", { id: "map", role: "region", "aria-label": t("map.title") });
  const said = element("p", { role: "status", class: "said" });
  const stops = (shown?.stops ?? []).filter((stop) => Number.isFinite(stop.visit.lat) && Number.isFinite(stop.visit.lon));
  still = stops.length > 0;
  let map = null;
  let gone = false;
  const tools = element("div", { class: "pair" });
  const begin = async () => {
    try {
      const leaflet = await loadLeaflet();
      if (gone) return;
      map = build(leaflet, frame, { shown, stops, tools, said });
    } catch {
      fill(said, t("map.failed"));
    }
  };
  if (stops.length) begin();
  return {
    title: date === today() ? t("map.title") : `${t("map.title")} · ${dayInWords(date)}`,
    body: stops.length ? [frame, tools, said] : [element("p", { class: "note" }, t(shown ? "map.no" : "day.gone"))],
    onLeave: () => {
      gone = true;
      map?.remove();
    },
  };
}

function build(leaflet, frame, { shown, stops, tools, said }) {
  const map = leaflet.map(frame, { attributionControl: false, zoomControl: false, zoomSnap: 0.5, maxZoom: 18 });
  leaflet.control.zoom({ zoomInTitle: t("map.in"), zoomOutTitle: t("map.out") }).addTo(map);
  leaflet.control.scale({ imperial: false }).addTo(map);
  if (facts.tiles.url) {
    leaflet.tileLayer(facts.tiles.url, { maxZoom: 19 }).addTo(map);
    frame.after(element("p", { class: "small" }, facts.tiles.credit));
  }
  const places = [place(shown.from_place), ...stops.map((stop) => [stop.visit.lat, stop.visit.lon]), place(shown.to_place)].filter(Boolean);
  const whole = () => map.fitBounds(leaflet.latLngBounds(places), { padding: [48, 56], maxZoom: 16, animate: false });
  whole();
  const { roads, straight } = ways(visited(shown));
  for (const [lines, className] of [[straight, "line straight"], [roads, "line road"]]) {
    if (lines.length) leaflet.polyline(lines, { className, interactive: false }).addTo(map);
  }
  ends(leaflet, map, shown);
  villages(leaflet, map, stops);
  drawMarkers(leaflet, map, stops, (stop) => reported(stop) !== undefined);
  fill(tools, button(t("map.all"), whole, { id: "whole" }), button(t("map.me"), () => locate(leaflet, map, said), { id: "me" }));
  return map;
}

const visited = (shown) => [
  { at: place(shown.from_place) },
  ...shown.stops.map((stop) => ({ at: place(stop.visit), line: stop.line })),
  { at: place(shown.to_place), line: shown.line_back },
];

const place = (found) => (found && Number.isFinite(found.lat) ? [found.lat, found.lon] : null);

function ends(leaflet, map, shown) {
  for (const found of [shown.from_place, shown.to_place]) {
    if (place(found)) label(leaflet, map, place(found), found.name, "end");
  }
}

function villages(leaflet, map, stops) {
  const seen = new Map(stops.map((stop) => [stop.village.id ?? stop.village.name, stop]));
  for (const { village, visit } of seen.values()) {
    label(leaflet, map, place(village) ?? [visit.lat, visit.lon], village.name, "name");
  }
}

function label(leaflet, map, at, text, className) {
  // The words are an element of ours, so Leaflet inserts no markup.
  leaflet.tooltip({ permanent: true, direction: "bottom", className, offset: [0, 14], interactive: false })
    .setLatLng(at).setContent(element("span", {}, text)).addTo(map);
}

let own = null;

function locate(leaflet, map, said) {
  fill(said, t("map.searching"));
  map.off("locationfound locationerror").on("locationerror", () => fill(said, t("map.denied")));
  map.on("locationfound", (found) => {
    fill(said);
    own?.remove();
    own = leaflet.layerGroup([
      leaflet.circle(found.latlng, { radius: found.accuracy, className: "around", interactive: false }),
      leaflet.circleMarker(found.latlng, { radius: 8, className: "own", interactive: false }),
    ]).addTo(map);
    map.panTo(found.latlng);
  });
  map.locate({ enableHighAccuracy: true, maximumAge: 30_000, timeout: 20_000 });
}
