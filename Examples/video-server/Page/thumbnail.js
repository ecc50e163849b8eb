// The picture that the library shows: taken from the file in the browser, and sent to R2 with a signed request.

import { request } from "./api.js";

const maximumWidth = 640;
const patience = 15_000;

/** Resolves when an element fires an event, and rejects after an error or when it takes too long. */
function event(target, name) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`no ${name}`)), patience);
    const settle = (settled) => () => { clearTimeout(timer); settled(); };
    target.addEventListener(name, settle(resolve), { once: true });
    target.addEventListener("error", settle(reject), { once: true });
  });
}

/** Returns a picture of a video file, or null if this browser can't decode it. */
export async function takePicture(file) {
  const url = URL.createObjectURL(file);
  const video = Object.assign(document.createElement("video"), { muted: true, playsInline: true, preload: "auto" });
  try {
    const loaded = event(video, "loadeddata");
    video.src = url;
    await loaded;
    if (!video.videoWidth) return null;
    // The first picture is often black.
    if (Number.isFinite(video.duration)) {
      const found = event(video, "seeked");
      video.currentTime = Math.min(3, video.duration / 4);
      await found;
    }
    const scale = Math.min(1, maximumWidth / video.videoWidth);
    const canvas = document.createElement("canvas");
    canvas.width = Math.max(1, Math.round(video.videoWidth * scale));
    canvas.height = Math.max(1, Math.round(video.videoHeight * scale));
    canvas.getContext("2d").drawImage(video, 0, 0, canvas.width, canvas.height);
    return await new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", 0.82));
  } catch {
    return null;
  } finally {
    video.removeAttribute("src");
    video.load();
    URL.revokeObjectURL(url);
  }
}

/** Makes a picture the thumbnail of a video. Returns the video, or null: it plays as well without one. */
export async function store(picture, id) {
  try {
    const { thumbnail, request: signed } = await request(
      "POST", `/api/videos/${id}/thumbnail`, { contentType: picture.type, byteSize: picture.size });
    const headers = Object.entries(signed.headers).filter(([name]) => !["content-length", "host"].includes(name));
    const response = await fetch(signed.url, { method: signed.method, headers, body: picture, credentials: "omit" });
    if (!response.ok) return null;
    return await request("POST", `/api/videos/${id}/thumbnail/complete`, { thumbnail });
  } catch {
    return null;
  }
}
