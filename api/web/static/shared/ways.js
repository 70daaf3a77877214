// The ways of a route on a map: roads come as encoded polylines of five decimals, the rest is drawn straight.

/** The points [lat, lon] of an encoded polyline. */
export function points(text) {
  const found = [];
  const at = [0, 0];
  let axis = 0;
  let value = 0;
  let shift = 0;
  for (const character of text) {
    const bits = character.charCodeAt(0) - 63;
    value |= (bits & 31) << shift;
    shift += 5;
    if (bits > 31) continue;
    at[axis] += value & 1 ? ~(value >> 1) : value >> 1;
    if (axis) found.push([at[0] / 1e5, at[1] / 1e5]);
    axis = 1 - axis;
    value = shift = 0;
  }
  return found;
}

/** From places in order, [{at: [lat, lon] or null, line: the road from the one before}]: lines on roads, and straight ones. */
export function ways(places) {
  const found = { roads: [], straight: [] };
  let before = null;
  for (const { at, line } of places) {
    if (line) found.roads.push(points(line));
    else if (before && at) found.straight.push([before, at]);
    before = at ?? before;
  }
  return found;
}
