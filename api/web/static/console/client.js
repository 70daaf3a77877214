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
 * Call the API. `body` is sent as JSON; `version` as If-Match.
 * Returns {data, etag, location, status}; throws ProblemError, also when the network fails (status 0).
 */
export async function call(method, path, { body, version, query, signal } = {}) {
  const headers = headersFor(method);
  if (version !== undefined && version !== null) headers["If-Match"] = `"${version}"`;
  let payload;
  if (body !== undefined) {
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
  return answer(response.status, await response.text(), (name) => response.headers.get(name));
}

/**
 * Send a form with a file. `sent(bytes, of)` is called while it goes out, which fetch cannot tell.
 * Returns and throws like `call`; an AbortError when `signal` ends it.
 */
export function send(path, form, { query, signal, sent = () => {} } = {}) {
  const request = new XMLHttpRequest();
  return new Promise((done, failed) => {
    signal?.addEventListener("abort", () => request.abort());
    request.upload.addEventListener("progress", (event) => sent(event.loaded, event.total));
    request.addEventListener("abort", () => failed(new DOMException("", "AbortError")));
    request.addEventListener("error", () => failed(new ProblemError({ status: 0, detail: say("offline") })));
    request.addEventListener("load", () => {
      try {
        done(answer(request.status, request.responseText, (name) => request.getResponseHeader(name)));
      } catch (error) {
        failed(error);
      }
    });
    request.open("POST", address(path, query));
    for (const [name, value] of Object.entries(headersFor("POST"))) request.setRequestHeader(name, value);
    request.send(form);
  });
}

function headersFor(method) {
  const headers = { Accept: "application/json", "Accept-Language": setting.language };
  if (method !== "GET") headers["X-CSRF-Token"] = setting.csrf;
  return headers;
}

function answer(status, text, header) {
  if (status === 401) {
    const next = encodeURIComponent(location.pathname + location.search);
    location.assign(`${setting.login}?next=${next}`);
  }
  const data = read(status, text);
  if (status < 200 || status >= 300) throw new ProblemError({ status, ...data });
  return {
    data,
    status,
    etag: (header("ETag") || "").replace(/^W\//, "").replaceAll('"', "") || null,
    location: header("Location"),
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

function read(status, text) {
  if (!text) return null;
  try {
    return JSON.parse(text);
  } catch {
    throw new ProblemError({ status, detail: say("unreadable", { status }) });
  }
}
