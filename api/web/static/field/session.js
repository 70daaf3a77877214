// Who this phone is: its tokens, got by a one-time code and renewed when they end.

import { call, Refused } from "./calls.js";
import { alone, forget, keep, recall } from "./store.js";

/** This phone has no access (any more); only a new code helps. */
export class SignedOut extends Error {}

export const session = new EventTarget();
let tokens;
let ended = false;

/** Read the tokens kept on the phone; says whether there are any. */
export async function open() {
  tokens = await recall("session");
  return tokens !== undefined;
}

/** Say whether the phone is enrolled, and whether it once was and its access has ended. */
export const isOpen = () => tokens !== undefined;
export const hasEnded = () => ended;

/** Enrol the phone with a one-time code. Throws Refused with the reason, or Unreachable. */
export async function enrol(code) {
  const { body } = await call("POST", "/api/v1/devices", { body: { code } });
  await take(body);
  ended = false;
  session.dispatchEvent(new Event("changed"));
}

/** Call the service as this phone. Throws SignedOut, Refused or Unreachable. */
export async function authorised(method, path, options = {}) {
  if (!tokens) throw new SignedOut();
  const used = tokens.access;
  try {
    return await call(method, path, { ...options, token: used });
  } catch (error) {
    if (!(error instanceof Refused && error.status === 401)) throw error;
  }
  await renew(used);
  try {
    return await call(method, path, { ...options, token: tokens.access });
  } catch (error) {
    if (!(error instanceof Refused && error.status === 401)) throw error;
    // Fresh tokens are no use either: the phone was revoked.
    await end();
    throw new SignedOut();
  }
}

// A refresh token works once, so two tabs must not use it at the same time.
function renew(used) {
  return alone("refresh", async () => {
    tokens = await recall("session");
    if (!tokens) throw new SignedOut();
    if (tokens.access !== used) return;
    try {
      const { body } = await call("POST", "/api/v1/tokens/refresh", { body: { refresh_token: tokens.refresh } });
      await take(body);
    } catch (error) {
      if (!(error instanceof Refused && error.status === 401)) throw error;
      await end();
      throw new SignedOut();
    }
  });
}

async function take(body) {
  tokens = { access: body.access_token, refresh: body.refresh_token };
  await keep("session", tokens);
}

// The route goes with the access; what was recorded and not yet delivered stays.
async function end() {
  tokens = undefined;
  ended = true;
  await forget("session");
  await forget("days");
  session.dispatchEvent(new Event("changed"));
}
