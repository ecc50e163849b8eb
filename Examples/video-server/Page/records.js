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

/** Returns the SHA-256 of the first MiB in hexadecimal digits, or undefined where browsers don't offer it. */
export async function fingerprint(file) {
  if (!crypto.subtle) return undefined;
  const start = await file.slice(0, 1048576).arrayBuffer();
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", start));
  return Array.from(hash, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
