// Requests to the server. Every error is a Problem with a sentence for people.

/** A problem that a response describes (RFC 9457), or the failure to get a response. */
export class Problem extends Error {
  constructor({ status = 0, code = "unreachable", detail, retryAfter, ...rest }) {
    super(detail);
    Object.assign(this, { status, code, retryAfter, ...rest });
  }

  /** Whether the same request can succeed later. Without a code, a proxy responded in place of the server. */
  get isTemporary() {
    return this.status === 0 || this.status === 429 || this.status === 503 || this.code === "verificationPending"
      || this.status >= 500 && this.code === "unreachable";
  }
}

const signedOut = new EventTarget();

/** Calls a function when the server no longer knows who is signed in. */
export function onSignedOut(listener) {
  signedOut.addEventListener("signedout", listener);
}

/** Sends a request and returns the document of the response. */
export async function request(method, path, body, signal) {
  const options = { method, signal, headers: { accept: "application/json" } };
  if (method === "POST" || method === "PATCH") {
    options.headers["content-type"] = "application/json";
    options.body = JSON.stringify(body ?? {});
  }
  let response;
  try {
    response = await fetch(path, options);
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new Problem({ detail: "The server can’t be reached. Check your connection, then try again." });
  }
  if (response.ok) return response.json().catch(() => ({}));
  const isProblem = response.headers.get("content-type")?.startsWith("application/problem+json");
  const document = isProblem ? await response.json().catch(() => ({})) : {};
  if (response.status === 401) signedOut.dispatchEvent(new Event("signedout"));
  const detail = document.detail || `The server responded with status ${response.status}. Try again later.`;
  throw new Problem({ ...document, status: response.status, detail });
}

/** Returns a query string without the parameters that have no value. */
export function query(parameters) {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) if (value) query.append(name, value);
  return query.size ? `?${query}` : "";
}

/** Waits, and ends early with an error if the signal aborts. */
export function wait(seconds, signal) {
  return new Promise((resolve, reject) => {
    const stop = () => { clearTimeout(timer); reject(signal.reason); };
    const timer = setTimeout(() => { signal?.removeEventListener("abort", stop); resolve(); }, seconds * 1000);
    if (signal?.aborted) stop();
    signal?.addEventListener("abort", stop, { once: true });
  });
}
