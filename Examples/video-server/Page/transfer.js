// Sends bytes to R2 with signed requests, and finds out why a browser couldn't.

import { Problem, query, request, wait } from "./api.js";

/** The whole file has arrived, whatever the browser was told. */
export class Arrived extends Error {}

const stallLimit = 120_000;
/** A browser opens few connections to a host at once, and lets further requests wait. */
const startLimit = 1_800_000;
const maximumAttempts = 10;

/** Sends a request once. The status is 0 if the browser got no response. */
function put(signed, blob, onprogress, signal) {
  return new Promise((resolve, reject) => {
    // fetch() doesn't report the progress of an upload.
    const xhr = new XMLHttpRequest();
    let timer;
    const settle = (settled, value) => {
      clearTimeout(timer);
      signal.removeEventListener("abort", stop);
      settled(value);
    };
    const stop = () => { xhr.onabort = null; xhr.abort(); settle(reject, signal.reason); };
    const watch = (limit) => { clearTimeout(timer); timer = setTimeout(() => xhr.abort(), limit); };
    if (signal.aborted) return reject(signal.reason);
    signal.addEventListener("abort", stop);
    xhr.open(signed.method, signed.url);
    for (const [name, value] of Object.entries(signed.headers)) {
      // Browsers set these two themselves.
      if (!["content-length", "host"].includes(name.toLowerCase())) xhr.setRequestHeader(name, value);
    }
    xhr.upload.onprogress = (event) => { watch(stallLimit); onprogress(event.loaded); };
    xhr.onload = () => settle(resolve, { status: xhr.status, code: /<Code>(\w+)<\/Code>/.exec(xhr.responseText)?.[1] });
    xhr.onerror = xhr.onabort = () => settle(resolve, { status: 0 });
    watch(startLimit);
    xhr.send(blob);
  });
}

/**
 * Sends a part of a file, or all of it, until it has arrived.
 *
 * - sign: returns another signed request for the same bytes.
 * - onwait: is told why the next attempt waits, and then null.
 * - hasParts: returns whether the storage has had parts of the upload.
 */
export async function send({ signed, sign, blob, upload, onprogress, onwait, hasParts = () => false, signal }) {
  let isFresh = false;
  for (let attempt = 1; ; attempt += 1) {
    const { status, code } = await put(signed, blob, onprogress, signal);
    if (status >= 200 && status < 300) return onprogress(blob.size);
    // Only the first request with this URL stores the file. Its response was lost.
    if (status === 412) throw new Arrived();
    if (code === "NoSuchUpload") throw lost();
    onprogress(0);
    let reason = `The storage responded with status ${status}.`;
    let mustSign = code === "ExpiredRequest" || code === "ExpiredToken";
    if (status === 0) {
      await checkFile(blob);
      ({ reason, mustSign } = await diagnose(upload, signed, hasParts, signal));
    } else if (!mustSign && status < 500 && status !== 429) {
      if (code === "SignatureDoesNotMatch") throw otherFile(status);
      throw new Problem({
        status, code: "storageRefused",
        detail: `The storage refused the file: status ${status}${code ? `, ${code}` : ""}. Try again, and report this if it stays.`,
      });
    }
    if (attempt >= maximumAttempts) {
      throw new Problem({ status, code: "gaveUp", detail: `${reason} Gave up after ${attempt} attempts. Try again later.` });
    }
    if (mustSign && !isFresh) {
      signed = await sign();
      isFresh = true;
      continue;
    }
    onwait(`${reason} Trying again.`);
    await waitForNetwork(Math.min(30, 2 ** (attempt - 1)) * (0.75 + Math.random() / 2), signal);
    onwait(null);
    isFresh = false;
  }
}

/** Finds out whether the bytes are those that were announced. R2's refusal of others has no CORS headers. */
async function checkFile(blob) {
  try {
    await blob.slice(0, 1).arrayBuffer();
  } catch {
    throw new Problem({
      code: "fileUnreadable", detail: "The file has been changed, moved or removed. Choose it again to continue.",
    });
  }
  if (blob.slice(blob.size).size > 0) throw otherFile(403);
}

function otherFile(status) {
  return new Problem({
    status, code: "storageRefused",
    detail: "What the browser sent isn’t what was announced: the file has another size than before, or an extension "
      + "changed the request. Choose the file again.",
  });
}

/** The storage no longer has the parts. The upload begins again with the same token. */
function lost() {
  return new Problem({ code: "uploadLost", detail: "The storage lost what had arrived. Try again to send it once more." });
}

/** Asks the server for the cause. To a script, all failures look alike. */
async function diagnose(upload, signed, hasParts, signal) {
  const names = Object.keys(signed.headers).filter((name) => !["content-length", "host"].includes(name.toLowerCase()));
  const hadParts = hasParts();
  let status;
  try {
    status = await request("GET", `/api/uploads/${upload.video}` + query({
      attempt: upload.attempt, origin: location.origin, method: signed.method, header: names.join(","),
      urlExpiresAt: signed.expiresAt,
    }), undefined, signal);
  } catch (error) {
    if (signal.aborted) throw error;
    // After status 401, the page closes the upload and lets a person sign in.
    const isFinal = error instanceof Problem && !error.isTemporary && error.status < 500;
    if (isFinal && error.status !== 401) throw error;
    return { reason: "The connection is lost." };
  }
  for (const { code, detail } of status.findings) {
    if (code === "arrived" || code === "wrongSize") throw new Arrived();
    if (code === "uploadExpired" || code === "verificationFailed") throw new Problem({ code, detail });
    if (code === "urlExpired") return { reason: detail, mustSign: true };
    if (code.startsWith("cors") && !["corsAllowed", "corsUnknown", "corsETagNotExposed"].includes(code)) {
      throw new Problem({
        code,
        detail: `The browser may not send the file. ${detail} Ask the administrator to allow ${location.origin} there, `
          + "then try again.",
      });
    }
  }
  if (hadParts && status.receivedParts.length === 0) throw lost();
  return { reason: "The storage can’t be reached from here. A firewall or a browser extension may block it." };
}

/** Waits, but not longer than until the browser is online again. */
async function waitForNetwork(seconds, signal) {
  const early = new AbortController();
  const stop = () => early.abort();
  addEventListener("online", stop, { once: true });
  signal.addEventListener("abort", stop, { once: true });
  try { await wait(seconds, early.signal); } catch { /* earlier than expected */ }
  removeEventListener("online", stop);
  signal.removeEventListener("abort", stop);
  signal.throwIfAborted();
}
