// Builds elements. Data becomes text nodes and attributes, never markup.

/** Return an element. `on` holds event listeners; properties such as value and checked are set as properties. */
export function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name === "on") Object.entries(value).forEach(([type, listener]) => made.addEventListener(type, listener));
    else if (["value", "checked", "max", "open", "hidden", "disabled"].includes(name)) made[name] = value;
    else made.setAttribute(name, value === true ? "" : value);
  }
  made.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return made;
}

/** Return a button; `id` keeps the focus on it when its page is drawn again. */
export function button(text, listener, attributes = {}) {
  return element("button", { type: "button", ...attributes, on: { click: listener } }, text);
}

/** Put children in place of what `parent` holds; the focus stays on the element of the same id. */
export function fill(parent, ...children) {
  const held = parent.contains(document.activeElement) ? document.activeElement.id : "";
  parent.replaceChildren(...children.flat(Infinity).filter(Boolean));
  if (held) document.getElementById(held)?.focus({ preventScroll: true });
}
