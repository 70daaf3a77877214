// What the phone keeps: IndexedDB, with strict durability, because an outcome is kept before it is sent.

const OUTBOX = "outbox";
const KEPT = "kept";

const database = new Promise((resolve, reject) => {
  const request = indexedDB.open("rounds", 1);
  request.onupgradeneeded = () => {
    request.result.createObjectStore(OUTBOX, { keyPath: "id" });
    request.result.createObjectStore(KEPT);
  };
  request.onsuccess = () => resolve(request.result);
  request.onerror = () => reject(request.error);
});
// Whoever awaits it gets the error; without this line the browser also reports it as unhandled.
database.catch(() => undefined);

async function transact(store, mode, work) {
  const transaction = (await database).transaction(store, mode, { durability: "strict" });
  const request = work(transaction.objectStore(store));
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve(request?.result);
    transaction.onerror = () => reject(transaction.error);
    transaction.onabort = () => reject(transaction.error);
  });
}

/** Return the value kept under a name, or undefined. */
export const recall = (name) => transact(KEPT, "readonly", (store) => store.get(name));

/** Keep a value under a name. Rejects if the phone has no room. */
export const keep = (name, value) => transact(KEPT, "readwrite", (store) => store.put(value, name));

/** Forget the value kept under a name. */
export const forget = (name) => transact(KEPT, "readwrite", (store) => store.delete(name));

/** Return every entry of the outbox. */
export const entries = () => transact(OUTBOX, "readonly", (store) => store.getAll());

/** Keep an entry of the outbox. Rejects if the phone has no room. */
export const keepEntry = (entry) => transact(OUTBOX, "readwrite", (store) => store.put(entry));

/** Remove an entry of the outbox. */
export const removeEntry = (id) => transact(OUTBOX, "readwrite", (store) => store.delete(id));

/** Ask the browser not to clear this storage; says whether it promised. */
export async function persist() {
  if (!navigator.storage?.persist) return false;
  return (await navigator.storage.persisted()) || navigator.storage.persist();
}

/** Run `work` while no other tab of this phone does the same. */
export function alone(name, work) {
  return navigator.locks ? navigator.locks.request(`rounds-${name}`, work) : work();
}
