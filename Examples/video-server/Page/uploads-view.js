// The list of uploads on this page.

import { button, byID, element, toast } from "./dom.js";
import * as format from "./format.js";
import { text } from "./messages.js";
import * as records from "./records.js";
import { Upload } from "./upload.js";

const labels = {
  needsFile: "Interrupted", queued: "Queued", preparing: "Preparing", sending: "Uploading", waiting: "Waiting",
  paused: "Paused", elsewhere: "In another tab", verifying: "Checking the video", ready: "Ready", failed: "Failed",
  canceled: "Canceled",
};

/** What the states mean, if the upload itself says nothing. */
const explanations = {
  needsFile: "Choose the same file to continue. What has arrived isn’t sent again.",
  queued: "Starts when one of the uploads before it has ended.",
};

const parallelUploads = 3;

/** Problems of the file itself, which another attempt doesn't solve. */
const refusals = ["typeNotAllowed", "sizeNotAllowed", "verificationFailed"];

export class UploadsView {
  /** `onfinish` is called when a video has changed on the server, `onplay` to play one. */
  constructor({ onfinish, onplay }) {
    Object.assign(this, { onfinish, onplay, uploads: [] });
  }

  /** Shows the unfinished uploads of a person. */
  open(person) {
    this.person = person;
    this.uploads = [];
    byID("uploads").replaceChildren();
    for (const record of records.all(person)) this.add(new Upload(record)).inspect();
  }

  /** Pauses everything, before another person signs in. */
  close() {
    const { uploads } = this;
    this.person = null;
    this.uploads = [];
    for (const upload of uploads) upload.close();
    byID("uploads").replaceChildren();
  }

  /** Starts or continues uploads of files. */
  async choose(files, options) {
    const { person } = this;
    for (const file of files) {
      try {
        const fingerprint = await records.fingerprint(file).catch(() => undefined);
        // Another person may have signed in meanwhile.
        if (this.person !== person) return;
        this.take(file, fingerprint, options);
      } catch (error) {
        toast(`${file.name} can’t be uploaded: ${text(error)}`);
      }
    }
  }

  take(file, fingerprint, { sessionID, replaces, title }) {
    const known = this.uploads.find(({ record, state }) =>
      record.size === file.size && record.fingerprint === fingerprint && record.replaces === replaces
      && (fingerprint || record.name === file.name) && !["ready", "canceled"].includes(state));
    if (["needsFile", "paused", "failed"].includes(known?.state)) known.queue(file);
    else if (known) toast(`${file.name} is being uploaded already.`);
    else {
      const record = {
        person: this.person, token: records.newToken(), name: file.name, size: file.size, type: file.type,
        fingerprint, sessionID, replaces, title: title ?? file.name.replace(/\.[^.]+$/, ""),
      };
      this.add(new Upload(record, file)).queue();
    }
  }

  /** Starts uploads that wait for their turn. */
  startNext() {
    for (const upload of this.uploads) {
      if (this.uploads.filter(({ isActive }) => isActive).length >= parallelUploads) return;
      if (upload.state === "queued") upload.start();
    }
  }

  /** Continues an upload with a file that the person picked for it. */
  async continueWith(upload, file) {
    const fingerprint = await records.fingerprint(file).catch(() => undefined);
    // Over HTTP, there are no fingerprints.
    const isSame = file.size === upload.size && fingerprint === upload.record.fingerprint
      && (fingerprint !== undefined || file.name === upload.record.name);
    if (isSame) return upload.queue(file);
    upload.set("needsFile", `${file.name} is another file. Choose ${upload.record.name}, as you began with it.`);
  }

  add(upload) {
    this.uploads.push(upload);
    const row = new Row(upload, this);
    byID("uploads").prepend(row.node);
    upload.addEventListener("thumbnail", () => this.onfinish());
    upload.addEventListener("change", () => {
      if (upload.state === "ready") this.onfinish();
      if (upload.state === "canceled") {
        this.uploads = this.uploads.filter((other) => other !== upload);
        if (row.node.contains(document.activeElement)) byID("files").focus();
        row.node.remove();
        this.onfinish();
      }
      if (!upload.isActive) this.startNext();
    });
    return upload;
  }
}

class Row {
  constructor(upload, view) {
    Object.assign(this, { upload, view });
    const { record } = upload;
    this.bar = element("progress", { max: Math.max(1, record.size), "aria-label": `Progress of ${record.name}` });
    this.badge = element("span", { className: "badge" });
    this.figures = element("p", { className: "figures" });
    this.message = element("p", { className: "message", hidden: true });
    // Screen readers hear of a new state, but not of every percent.
    this.status = element("span", { className: "hidden", role: "status" });
    this.actions = element("div", { className: "actions" });
    this.picker = element("input", {
      type: "file", className: "hidden", tabIndex: -1, "aria-label": `File to continue ${record.name}`,
      onchange: () => { if (this.picker.files[0]) view.continueWith(upload, this.picker.files[0]); this.picker.value = ""; },
    });
    const name = record.replaces ? `${record.name}, replaces “${record.title}”` : record.name;
    this.node = element("li", {},
      element("div", { className: "heading" }, element("h3", { textContent: name }), this.badge),
      this.bar, this.figures, this.message, this.status, this.actions, this.picker);
    upload.addEventListener("change", () => this.update());
    upload.addEventListener("progress", () => this.updateFigures());
    this.update();
  }

  update() {
    const { upload } = this;
    this.node.dataset.state = upload.state;
    this.badge.textContent = labels[upload.state];
    this.badge.className = `badge ${{ ready: "ready", failed: "failed", verifying: "verifying", waiting: "uploading" }[upload.state] ?? ""}`;
    const message = upload.message ?? explanations[upload.state] ?? "";
    this.message.textContent = message;
    this.message.hidden = !message;
    this.message.className = upload.state === "failed" ? "message" : "message info";
    this.status.textContent = `${upload.record.name}: ${labels[upload.state]}. ${message}`;
    const isRefused = upload.state === "failed" && refusals.includes(upload.failure);
    this.bar.hidden = this.figures.hidden = isRefused || upload.state === "failed" && upload.sent === 0;
    this.bar.hidden ||= upload.state === "ready";
    this.updateFigures();
    this.updateActions();
  }

  updateFigures() {
    const { upload } = this;
    this.bar.value = upload.sent;
    if (upload.state === "ready") {
      this.figures.textContent = format.bytes(upload.size);
      return;
    }
    const percent = upload.size ? Math.floor(upload.sent / upload.size * 100) : 0;
    const parts = [`${format.bytes(upload.sent)} of ${format.bytes(upload.size)} (${percent} %)`];
    if (upload.state === "sending" && upload.rate > 0) {
      parts.push(`${format.bytes(upload.rate)}/s`, format.timeLeft(upload.secondsLeft));
    }
    this.figures.textContent = parts.filter(Boolean).join(" · ");
  }

  updateActions() {
    const { upload, view } = this;
    const subject = upload.record.name;
    const pick = (kind) => button("Choose file", () => this.picker.click(), { subject, kind });
    const cancel = button("Cancel", async () => {
      const kept = await upload.cancel();
      if (kept) toast(`${subject} had arrived completely, and stays among your videos.`);
    }, { subject, kind: "danger" });
    const dismiss = button("Dismiss", () => { records.remove(upload.record); upload.set("canceled"); }, { subject });
    const actions = {
      needsFile: () => [pick("primary"), cancel],
      queued: () => [cancel],
      preparing: () => [cancel],
      sending: () => [button("Pause", () => upload.pause(), { subject }), cancel],
      waiting: () => [button("Pause", () => upload.pause(), { subject }), cancel],
      paused: () => [button("Resume", () => upload.queue(), { subject, kind: "primary" }), cancel],
      elsewhere: () => [button("Try here", () => upload.queue(), { subject })],
      verifying: () => [],
      ready: () => [button("Play", () => view.onplay(upload.record.video), { subject, kind: "primary" }), dismiss],
      failed: () => [
        ...refusals.includes(upload.failure) ? []
          : upload.file && upload.failure !== "fileUnreadable"
            ? [button("Try again", () => upload.queue(), { subject, kind: "primary" })] : [pick("primary")],
        upload.record.video && upload.failure !== "verificationFailed" ? cancel : dismiss,
      ],
      canceled: () => [],
    }[upload.state]();
    const hadFocus = this.actions.contains(document.activeElement);
    this.actions.replaceChildren(...actions);
    this.actions.hidden = actions.length === 0;
    if (hadFocus) (actions[0] ?? byID("videos-title")).focus();
  }
}
