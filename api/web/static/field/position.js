// The phone's own position, only where its owner switched it on.

const STALE = 60_000;
let latest = null;
let watching = null;

/** Return whether outcomes are to carry the position. */
export const wanted = () => localStorage.getItem("position") === "yes" && "geolocation" in navigator;

/** Switch it on or off. */
export function want(yes) {
  localStorage.setItem("position", yes ? "yes" : "no");
  if (!yes) latest = null;
}

/** Begin to look for the position while a form is being filled in; saving never waits for it. */
export function begin() {
  latest = null;
  if (!wanted() || watching !== null) return;
  watching = navigator.geolocation.watchPosition(
    (found) => { latest = found; },
    // No position is no reason not to record: the outcome then goes without one.
    () => { latest = null; },
    { enableHighAccuracy: true, maximumAge: STALE },
  );
}

/** Stop looking. */
export function end() {
  if (watching !== null) navigator.geolocation.clearWatch(watching);
  watching = null;
}

/** Return the position as an outcome carries it, or null. */
export function current() {
  if (!latest || Date.now() - latest.timestamp > STALE) return null;
  const { latitude, longitude, accuracy } = latest.coords;
  return { lat: latitude, lon: longitude, accuracy, time: new Date(latest.timestamp).toISOString() };
}
