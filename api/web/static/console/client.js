// The one way to the JSON API: session cookie, CSRF token, versions, pages, and errors as problems.
import { say, setting } from "./words.js";

/** An error answer (RFC 9457). `message` is its sentence for the reader. */
export class ProblemError extends Error {
  constructor(problem) {
    super(problem.detail || problem.title || String(problem.status));
    this.problem = problem;
    this.status = problem.status;
    this.code = (problem.type || "").split("#").pop();
  }
}

/**
 * Call the API. `body` is sent as JSON, a FormData as it is; `version` as If-Match.
 * Returns {data, etag, location, status}; throws ProblemError, also when the network fails (status 0).
 */
export async function call(method, path, { body, version, query, signal } = {}) {
  const headers = { Accept: "application/json", "Accept-Language": setting.language };
  if (method !== "GET") headers["X-CSRF-Token"] = setting.csrf;
  if (version !== undefined && version !== null) headers["If-Match"] = `"${version}"`;
  let payload;
  if (body instanceof FormData) payload = body;
  else if (body !== undefined) {
    headers["Content-Type"] = "application/json";
    payload = JSON.stringify(body);
  }
  let response;
  try {
    response = await fetch(address(path, query), { method, headers, body: payload, signal, credentials: "same-origin" });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new ProblemError({ status: 0, detail: say("offline") });
  }
  if (response.status === 401) {
    const next = encodeURIComponent(location.pathname + location.search);
    location.assign(`${setting.login}?next=${next}`);
  }
  const data = await read(response);
  if (!response.ok) throw new ProblemError({ status: response.status, ...data });
  return {
    data,
    status: response.status,
    etag: (response.headers.get("ETag") || "").replace(/^W\//, "").replaceAll('"', "") || null,
    location: response.headers.get("Location"),
  };
}

export const get = async (path, query, signal) => (await call("GET", path, { query, signal })).data;

/** All items of a list, page after page. */
export async function all(path, query = {}) {
  const items = [];
  let cursor = null;
  do {
    const page = await get(path, { limit: 500, ...query, cursor });
    items.push(...page.items);
    cursor = page.next;
  } while (cursor);
  return items;
}

function address(path, query = {}) {
  const found = new URL(path.startsWith("/") ? path : `/api/v1/${path}`, location.origin);
  for (const [name, value] of Object.entries(query)) {
    if (value !== null && value !== undefined && value !== "") found.searchParams.set(name, value);
  }
  return found;
}

async function read(response) {
  const text = await response.text();
  if (!text) return null;
  try {
    return JSON.parse(text);
  } catch {
    throw new ProblemError({ status: response.status, detail: say("unreadable", { status: response.status }) });
  }
}
