// One call to the service, and what its answer means. Only an answer in our own form counts as one:
// the sign-in page of a Wi-Fi answers too, even with 200.

import { learnClock } from "./when.js";

const TIMEOUT = 20_000;
const PROBLEM = "/docs/problems#";

/** Nobody of ours answered; trying again may help. `why`: offline, foreign or server. */
export class Unreachable extends Error {
  constructor(why, retryAfter = 0) {
    super(why);
    this.why = why;
    this.retryAfter = retryAfter;
  }
}

/** The service refused, and says why: `problem` is its RFC 9457 body. */
export class Refused extends Error {
  constructor(status, problem) {
    super(problem.detail ?? problem.title ?? String(status));
    this.status = status;
    this.problem = problem;
    this.code = problem.type.slice(PROBLEM.length);
  }
}

/** Call the service. Returns {status, body, etag}; throws Unreachable or Refused. */
export async function call(method, path, { body, token, etag } = {}) {
  const headers = { Accept: "application/json" };
  if (token) headers.Authorization = `Bearer ${token}`;
  if (etag) headers["If-None-Match"] = etag;
  if (body !== undefined) headers["Content-Type"] = "application/json";
  const response = await fetched(path, {
    method, headers, body: body === undefined ? undefined : JSON.stringify(body),
    cache: "no-store", credentials: "same-origin", redirect: "manual", signal: AbortSignal.timeout(TIMEOUT),
  });
  if (response.status === 304 && etag) return { status: 304, body: null, etag };
  const found = await json(response);
  if (response.ok && found !== null) {
    learnClock(response.headers.get("Date"));
    return { status: response.status, body: found, etag: response.headers.get("ETag") };
  }
  const ours = typeof found?.type === "string" && found.type.startsWith(PROBLEM);
  if (response.status >= 500) throw new Unreachable("server", seconds(response));
  if (!ours) throw new Unreachable("foreign");
  if (response.status === 429) throw new Unreachable("server", seconds(response));
  throw new Refused(response.status, found);
}

async function fetched(path, options) {
  try {
    return await fetch(path, options);
  } catch (error) {
    throw new Unreachable(error.name === "TimeoutError" ? "server" : "offline");
  }
}

async function json(response) {
  if (!/json/.test(response.headers.get("Content-Type") ?? "")) return null;
  try {
    const found = await response.json();
    return typeof found === "object" ? found : null;
  } catch {
    // Cut off on the way, or not JSON: not an answer of ours.
    return null;
  }
}

function seconds(response) {
  return Number(response.headers.get("Retry-After")) || 0;
}
