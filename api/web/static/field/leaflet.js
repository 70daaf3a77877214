// Leaflet, loaded when the route is there or the map is opened: the route does not wait for it.

import { element } from "../shared/dom.js";
import { facts } from "./facts.js";

let loading = null;

function loaded(node) {
  return new Promise((resolve, reject) => {
    node.addEventListener("load", resolve);
    node.addEventListener("error", () => {
      node.remove();
      reject(new Error("not loaded"));
    });
    document.head.append(node);
  });
}

/** Return Leaflet. Rejects if it could not be loaded; the next call tries again. */
export function loadLeaflet() {
  loading ??= Promise.all([
    loaded(element("link", { rel: "stylesheet", href: `${facts.leaflet}leaflet.css` })),
    loaded(element("script", { src: `${facts.leaflet}leaflet.js` })),
  ]).then(() => window.L, (error) => {
    loading = null;
    throw error;
  });
  return loading;
}
