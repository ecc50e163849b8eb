// The uploads that this browser has begun and not finished, so that a reload doesn't lose them.

const key = (person) => `uploads:${person}`;

export function all(person) {
  try {
    const records = JSON.parse(localStorage.getItem(key(person)) ?? "[]");
    return Array.isArray(records) ? records : [];
  } catch {
    return [];
  }
}

export function save(record) {
  store(record.person, [...all(record.person).filter((other) => other.token !== record.token), record]);
}

export function remove(record) {
  store(record.person, all(record.person).filter((other) => other.token !== record.token));
}

function store(person, records) {
  // A browser may have no space or forbid it: the upload then works until the page is closed.
  try { localStorage.setItem(key(person), JSON.stringify(records)); } catch { /* see above */ }
}

/** Returns a random token. Browsers offer `crypto.randomUUID` over HTTPS and on this machine only. */
export function newToken() { return hexadecimal(crypto.getRandomValues(new Uint8Array(16))); }

/** Returns the SHA-256 of the first MiB in hexadecimal digits, or undefined where browsers don't offer it. */
export async function fingerprint(file) {
  if (!crypto.subtle) return undefined;
  const start = await file.slice(0, 1048576).arrayBuffer();
  return hexadecimal(new Uint8Array(await crypto.subtle.digest("SHA-256", start)));
}

function hexadecimal(bytes) { return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join(""); }
