// What a page shows is in its address, so that it can be left, sent and come back to. No personal data in it.

export const wish = (name, otherwise = "") => new URL(location.href).searchParams.get(name) ?? otherwise;

/** Change parameters of the address; empty ones are taken out. `push` makes the back button return here. */
export function remember(changes, push = false) {
  const found = new URL(location.href);
  for (const [name, value] of Object.entries(changes)) {
    if (value === null || value === undefined || value === "") found.searchParams.delete(name);
    else found.searchParams.set(name, value);
  }
  if (found.href === location.href) return;
  if (push) history.pushState(null, "", found);
  else history.replaceState(null, "", found);
}

/** The address of one of the console's pages with these parameters. */
export function page(name, parameters = {}) {
  const found = new URL(name === "today" ? "/console/" : `/console/${name}`, location.origin);
  for (const [key, value] of Object.entries(parameters)) if (value) found.searchParams.set(key, value);
  return found.pathname + found.search;
}
