// One upload: begin, send, complete. It can be paused, and continued after a reload.

import { Problem, query, request, wait } from "./api.js";
import { text } from "./messages.js";
import * as records from "./records.js";
import * as thumbnails from "./thumbnail.js";
import { Arrived, send } from "./transfer.js";

const parallelParts = 3;
const partsPerRequest = 20;
/** Problems after which only a new upload helps. */
const endings = ["uploadCanceled", "uploadExpired", "verificationFailed", "superseded", "differentFile", "idTaken"];

export class Upload extends EventTarget {
  /**
   * The record is what is kept over a reload. Without a file, the upload waits for one.
   * States: needsFile, queued, preparing, sending, waiting, paused, elsewhere, verifying, ready, failed, canceled.
   */
  constructor(record, file = null) {
    super();
    this.record = record;
    this.file = file;
    this.state = file ? "queued" : "needsFile";
    this.message = null;
    this.sent = 0;
    this.samples = [];
  }

  get size() { return this.record.size; }
  get isActive() { return ["preparing", "sending", "waiting", "verifying"].includes(this.state); }

  /** Bytes per second over the last seconds. */
  get rate() {
    const first = this.samples[0], last = this.samples.at(-1);
    return first && last.time > first.time ? Math.max(0, (last.sent - first.sent) / (last.time - first.time)) * 1000 : 0;
  }

  get secondsLeft() { return this.rate > 0 ? (this.size - this.sent) / this.rate : Infinity; }

  set(state, message = null) {
    this.state = state;
    this.message = message;
    this.dispatchEvent(new Event("change"));
  }

  /** Starts or continues the upload. */
  async start() {
    if (this.isClosed) return;
    const controller = new AbortController();
    this.controller = controller;
    this.samples = [];
    this.failure = null;
    this.set("preparing");
    // The requests of before a pause are ending.
    await this.running;
    if (controller.signal.aborted) return;
    const work = () => this.run(controller.signal).catch((error) => this.stopped(error, controller.signal));
    // Another tab may have the same upload.
    this.running = navigator.locks
      ? navigator.locks.request(`upload-${this.record.token}`, { ifAvailable: true }, (lock) =>
        lock ? work() : this.set("elsewhere", "This upload runs in another tab."))
      : work();
    await this.running;
  }

  pause() {
    this.controller?.abort("pause");
    this.set("paused");
  }

  /** Pauses the upload for good. Another person may sign in, in whose name it must not continue. */
  close() {
    this.isClosed = true;
    if (this.isActive) this.pause();
  }

  /** Ends the upload and removes what has arrived. Returns the video if the whole file had arrived. */
  async cancel() {
    // Another upload's end must not start this one meanwhile.
    if (this.state === "queued") this.set("paused");
    this.controller?.abort("cancel");
    let result = {};
    if (this.record.video) {
      try {
        result = await request(
          "DELETE", `/api/uploads/${this.record.video}` + query({ attempt: this.record.attempt }));
      } catch (error) {
        if (error.isTemporary) {
          this.set("paused", text(error));
          return null;
        }
      }
    }
    records.remove(this.record);
    this.set("canceled");
    return result.canceled === false ? result.video : null;
  }

  /** Lets the upload wait for its turn. After a failure, what has arrived is kept if the server still has it. */
  queue(file = this.file) {
    this.file = file;
    if (endings.includes(this.failure)) {
      records.remove(this.record);
      this.record = { ...this.record, token: records.newToken(), video: undefined, attempt: undefined };
      this.sent = 0;
    }
    this.failure = null;
    records.save(this.record);
    this.set("queued");
  }

  /** Looks at the server's side of an upload that has no file yet. */
  async inspect() {
    const { record } = this;
    if (!record.video) return;
    try {
      const status = await request("GET", `/api/uploads/${record.video}` + query({ attempt: record.attempt }));
      this.sent = status.receivedBytes;
      if (["arrived", "verifying", "ready"].includes(status.phase)) return this.start();
      const { failure } = status;
      if (status.phase === "failed") return this.stopped(new Problem({
        code: "verificationFailed", failure, detail: "The file can’t be played. Choose another file.",
      }));
      if (status.phase === "expired") return this.stopped(new Problem({ code: "uploadExpired" }));
      this.set("needsFile");
    } catch (error) {
      if (!error.isTemporary && error.status !== 401) this.stopped(error);
    }
  }

  stopped(error, signal) {
    if (signal?.aborted || this.state === "canceled") return;
    this.failure = error.code;
    // Without a video, the server refused the file, and has nothing of it.
    const isRefused = !this.record.video && !error.isTemporary && error.status !== 401;
    if (endings.includes(error.code) || isRefused) records.remove(this.record);
    this.set("failed", error instanceof Problem ? text(error) : "The upload failed in the browser. Try again.");
  }

  async run(signal) {
    const { record } = this;
    if (this.file) record.fingerprint ??= await records.fingerprint(this.file);
    records.save(record);
    for (let round = 1; ; round += 1) {
      if (round > 5) {
        throw new Problem({ code: "lost", detail: "The file doesn’t arrive completely. Try again later." });
      }
      const upload = await this.retrying(() => this.begin(signal), signal);
      Object.assign(record, { video: upload.video, attempt: upload.attempt });
      records.save(record);
      if (upload.phase === "failed" || upload.phase === "expired") {
        throw new Problem({
          code: upload.phase === "failed" ? "verificationFailed" : "uploadExpired",
          detail: "This upload has ended. Try again to start from the beginning.",
        });
      }
      try {
        if (upload.phase === "waiting") {
          if (!this.file) return this.set("needsFile");
          await this.sendAll(upload, signal);
        }
      } catch (error) {
        if (error.code === "uploadLost") continue;
        if (!(error instanceof Arrived)) throw error;
      }
      if (upload.phase === "ready" || await this.complete(upload, signal)) break;
    }
    this.sent = this.size;
    records.remove(record);
    this.set("ready");
    if (this.file) this.addThumbnail();
  }

  /** Adds a picture to the video, which is ready without it. */
  async addThumbnail() {
    const { video } = this.record;
    const picture = await thumbnails.takePicture(this.file);
    if (picture && await thumbnails.store(picture, video)) this.dispatchEvent(new Event("thumbnail"));
  }

  begin(signal) {
    const { name, size, type, fingerprint, token, title, sessionID, replaces } = this.record;
    const file = { name, byteSize: size, contentType: type || undefined, fingerprint };
    return replaces
      ? request("POST", `/api/videos/${replaces}/replacement`, { file, token }, signal)
      : request("POST", "/api/uploads", { file, token, title, sessionID }, signal);
  }

  async sendAll(upload, signal) {
    const received = new Map(upload.receivedParts.map(({ number, length }) => [number, length]));
    const report = () => this.progress([...received.values()].reduce((sum, length) => sum + length, 0));
    const onwait = (message) => this.set(message ? "waiting" : "sending", message);
    this.sent = 0;
    report();
    this.samples = [];
    this.set("sending");
    if (upload.request) {
      return send({
        signed: upload.request, blob: this.file, upload, signal, onwait,
        sign: async () => {
          const { request: signed } = await this.retrying(() => this.begin(signal), signal);
          if (!signed) throw new Arrived();
          return signed;
        },
        onprogress: (sent) => { received.set(1, sent); report(); },
      });
    }
    const missing = [];
    for (let number = 1; number <= upload.partCount; number += 1) if (!received.has(number)) missing.push(number);
    const signed = new Map(upload.parts.map((part) => [part.number, part]));
    const sign = async (numbers) => {
      try {
        const { parts } = await this.retrying(() => request(
          "POST", `/api/uploads/${upload.video}/parts`, { attempt: upload.attempt, numbers }, signal), signal);
        for (const part of parts) signed.set(part.number, part);
      } catch (error) {
        // Nothing is signed anymore for a file that is complete.
        throw error.code === "invalidState" ? new Arrived() : error;
      }
    };
    let signing = Promise.resolve();
    const part = (number) => {
      // One request signs the parts of all workers.
      signing = signing.then(() => signed.has(number)
        ? undefined
        : sign([number, ...missing.filter((other) => !signed.has(other))].slice(0, partsPerRequest)));
      return signing.then(() => signed.get(number));
    };
    let hasParts = received.size > 0;
    const failed = new AbortController();
    const either = AbortSignal.any([signal, failed.signal]);
    const work = async () => {
      while (missing.length > 0) {
        const number = missing.shift();
        const { offset, length, request: request_ } = await part(number);
        await send({
          signed: request_, blob: this.file.slice(offset, offset + length), upload, signal: either, onwait,
          sign: async () => { await sign([number]); return signed.get(number).request; },
          onprogress: (sent) => { received.set(number, sent); report(); }, hasParts: () => hasParts,
        });
        hasParts = true;
      }
    };
    const workers = Array.from({ length: parallelParts }, work);
    try {
      await Promise.all(workers);
    } catch (error) {
      failed.abort(error);
      await Promise.allSettled(workers);
      throw error;
    }
  }

  progress(sent) {
    const time = performance.now();
    this.sent = sent;
    this.samples = [...this.samples.filter((sample) => time - sample.time < 8000), { time, sent }];
    this.dispatchEvent(new Event("progress"));
  }

  /** Has the file verified. Returns false if bytes are missing. */
  async complete(upload, signal) {
    this.set("verifying");
    try {
      this.video = await this.retrying(() => request(
        "POST", `/api/uploads/${upload.video}/complete`, { attempt: upload.attempt }, signal), signal);
      return true;
    } catch (error) {
      if (error.code === "notUploaded" || error.code === "uploadLost") return false;
      throw error;
    }
  }

  /** Repeats a request to the server while its problem is temporary. */
  async retrying(body, signal) {
    for (let attempt = 0; ; attempt += 1) {
      try {
        return await body();
      } catch (error) {
        if (!(error instanceof Problem) || !error.isTemporary || attempt >= 60) throw error;
        const state = this.state;
        if (error.code !== "verificationPending") {
          this.set("waiting", `The server ${error.status === 0 ? "can’t be reached" : "is busy"}. Trying again.`);
        }
        await wait(error.retryAfter ?? Math.min(20, 2 ** attempt), signal);
        this.set(state);
      }
    }
  }
}
