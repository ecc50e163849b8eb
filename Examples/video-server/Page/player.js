// Plays a video in a dialog.

import { request } from "./api.js";
import { button, byID } from "./dom.js";
import { text } from "./messages.js";

const hlsType = "application/vnd.apple.mpegurl";

export class Player {
  constructor() {
    this.dialog = byID("player");
    this.video = byID("video");
    byID("player-close").onclick = () => this.dialog.close();
    this.dialog.addEventListener("close", () => this.stop());
    this.video.addEventListener("error", () => this.failed());
  }

  async open(id) {
    byID("player-title").textContent = "Loading…";
    this.row = null;
    byID("player-options").replaceChildren();
    this.say(null);
    this.dialog.showModal();
    this.video.focus();
    try {
      this.row = await request("GET", `/api/videos/${id}`);
      byID("player-title").textContent = this.row.title;
      this.options = { file: button("Original file", () => this.load(null)), hls: button("Stream", () => this.load("hls")) };
      if (this.row.renditions.includes("hls")) byID("player-options").append(...Object.values(this.options));
      await this.load(null);
    } catch (error) {
      byID("player-title").textContent = this.row?.title ?? "Video";
      this.say(text(error));
    }
  }

  /** Gets a new URL and continues where the viewer was. */
  async load(rendition, position = this.video.currentTime) {
    this.rendition = rendition;
    for (const [name, option] of Object.entries(this.options)) {
      option.setAttribute("aria-pressed", String(name === (rendition ?? "file")));
    }
    this.say(null);
    if (rendition === "hls" && !this.video.canPlayType(hlsType)) {
      return this.say("This browser can’t play streams (HLS) by itself. Choose the original file, or open the page in "
        + "Safari, Chrome or Edge.");
    }
    try {
      const suffix = rendition ? `?rendition=${rendition}` : "";
      this.playback = await request("GET", `/api/videos/${this.row.id}/playback${suffix}`);
    } catch (error) {
      return this.say(text(error));
    }
    if (!this.dialog.open) return;
    this.video.src = this.playback.url;
    if (position > 0) this.video.currentTime = position;
    try {
      await this.video.play();
    } catch {
      // The browser wants a click first, or an error event follows.
    }
  }

  failed() {
    const { error } = this.video;
    if (!error || !this.dialog.open || !this.video.getAttribute("src")) return;
    const position = this.video.currentTime;
    if (new Date(this.playback.expiresAt) < new Date()) return this.load(this.rendition, position);
    const reason = error.code === MediaError.MEDIA_ERR_NETWORK
      ? "The connection to the storage broke. Check your network, then try again."
      : error.code === MediaError.MEDIA_ERR_DECODE
        ? "This part of the video is damaged, or this browser can’t decode it."
        : `This browser can’t play the file (${this.row.contentType}), or the storage doesn’t let this page read it. `
          + "Try another browser, or replace the file with an MP4 of H.264 and AAC.";
    this.say(reason, button("Try again", () => this.load(this.rendition, position)));
  }

  say(sentence, action) {
    const message = byID("player-message");
    message.hidden = !sentence;
    message.replaceChildren(...[sentence, action].filter(Boolean));
  }

  close() { this.dialog.close(); }

  stop() {
    this.video.removeAttribute("src");
    this.video.load();
    this.playback = null;
  }
}
