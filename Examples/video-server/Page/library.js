// The list of videos on the server.

import { Problem, query, request } from "./api.js";
import { button, byID, element, playSymbol, toast } from "./dom.js";
import * as format from "./format.js";
import { failures, text } from "./messages.js";

const states = {
  pendingUpload: "Uploading", uploading: "Uploading", verifying: "Being checked", ready: "Ready", failed: "Failed",
  expired: "Expired",
};
/** The states that change without this page. */
const unsettled = ["pendingUpload", "uploading", "verifying"];
const refreshInterval = 5000;

export class Library {
  /** `onplay` plays a video, `onreplace` picks another file for it. */
  constructor({ onplay, onreplace }) {
    Object.assign(this, { onplay, onreplace, rows: new Map(), pages: 1 });
    for (const id of ["filter-session", "filter-deletion"]) byID(id).onchange = () => this.reload();
    byID("more").onclick = () => { this.pages += 1; this.refresh(); };
    setInterval(() => { if (this.isUnsettled && document.visibilityState === "visible") this.refresh(); }, refreshInterval);
  }

  open(session) {
    this.session = session;
    byID("filter-session").replaceChildren(
      element("option", { value: "", textContent: "All sessions" }),
      ...session.courseSessions.map(({ id, title }) => element("option", { value: id, textContent: title })));
    return this.reload();
  }

  close() {
    this.session = null;
    this.rows.clear();
    byID("videos").replaceChildren();
  }

  reload() {
    this.pages = 1;
    return this.refresh();
  }

  get isUnsettled() {
    return Boolean(this.session)
      && [...this.rows.values()].some(({ video }) => unsettled.includes(video.state) || video.hasReplacement);
  }

  /** Reads the list and changes only the rows that differ, so that no one loses their place. */
  async refresh() {
    const session = this.session;
    if (!session) return;
    const turn = this.turn = (this.turn ?? 0) + 1;
    const videos = [];
    let cursor;
    try {
      for (let page = 0; page < this.pages; page += 1) {
        const document = await request("GET", "/api/videos" + query({
          limit: 50, cursor, sessionID: byID("filter-session").value, deletion: byID("filter-deletion").value,
        }));
        videos.push(...document.videos);
        cursor = document.next;
        if (!cursor) break;
      }
    } catch (error) {
      if (error.status !== 401) this.report(error);
      return;
    }
    if (turn === this.turn && session === this.session) this.show(videos, cursor);
  }

  show(videos, cursor) {
    const list = byID("videos");
    const rows = new Map();
    videos.forEach((video, index) => {
      const old = this.rows.get(video.id);
      const isCurrent = old && (old.isEditing || JSON.stringify(old.video) === JSON.stringify(video));
      const row = isCurrent ? old : { video, node: this.row(video) };
      const focused = old && !isCurrent && old.node.contains(document.activeElement)
        ? document.activeElement.dataset.action : null;
      if (old && !isCurrent) old.node.replaceWith(row.node);
      if (list.children[index] !== row.node) list.insertBefore(row.node, list.children[index] ?? null);
      if (focused) (row.node.querySelector(`[data-action="${focused}"]`) ?? byID("videos-title")).focus();
      rows.set(video.id, row);
    });
    for (const [id, { node }] of this.rows) {
      if (rows.has(id)) continue;
      if (node.contains(document.activeElement)) byID("videos-title").focus();
      node.remove();
    }
    this.rows = rows;
    byID("no-videos").hidden = videos.length > 0;
    byID("no-videos").textContent = byID("filter-deletion").value === "deleted"
      ? "No deleted videos." : "No videos yet. Upload the first one above.";
    byID("more").hidden = !cursor;
  }

  row(video) {
    const isReady = video.state === "ready" && !video.deletedAt;
    const picture = video.thumbnailURL
      ? element("img", { src: video.thumbnailURL, alt: "", width: 160, height: 90, onerror: () => picture.remove() })
      : null;
    const tile = isReady
      ? element("button", {
        type: "button", className: "tile", tabIndex: -1, "aria-hidden": "true", onclick: () => this.onplay(video.id),
      }, picture, element("span", { className: "symbol" }, playSymbol()))
      : element("div", { className: "tile idle", "aria-hidden": "true" }, picture, picture ? null : playSymbol());
    const title = element("h3", { textContent: video.title });
    const node = element("li", {}, tile, element("div", { className: "text" }, title, this.facts(video)), this.actions(video));
    node.dataset.id = video.id;
    return node;
  }

  facts(video) {
    const state = video.deletedAt ? "Deleted" : states[video.state] ?? video.state;
    const session = this.session.courseSessions.find(({ id }) => id === video.sessionID)?.title;
    const uploader = this.session.people.find(({ id }) => id === video.uploadedBy)?.name ?? video.uploadedBy;
    const facts = [
      this.session.person.isTeacher ? uploader : null, session,
      video.state === "failed" ? failures[video.failure] ?? "The file can’t be played" : null,
      video.duration ? format.clock(video.duration) : null,
      video.width && video.height ? `${video.width}\u00a0×\u00a0${video.height}` : null,
      video.byteSize ? format.bytes(video.byteSize) : null, format.date(video.createdAt),
      video.hasReplacement ? "a new file is on its way" : null,
    ];
    return element("p", { className: "facts" },
      element("span", { className: `badge ${video.deletedAt ? "" : video.state}`, textContent: state }),
      ` ${facts.filter(Boolean).join(" · ")}`);
  }

  actions(video) {
    const subject = video.title;
    const named = (name, node) => { node.dataset.action = name; return node; };
    const actions = [];
    if (video.deletedAt) {
      actions.push(named("restore", button("Restore", () => this.restore(video), { subject })));
    } else {
      if (video.state === "ready") {
        actions.push(named("play", button("Play", () => this.onplay(video.id), { subject, kind: "primary" })));
      }
      if (["ready", "failed"].includes(video.state)) {
        actions.push(named("replace", button("Replace", () => this.onreplace(video), { subject })));
      }
      actions.push(named("rename", button("Rename", () => this.edit(video), { subject })));
      actions.push(named("delete", button("Delete", () => this.delete(video), { subject, kind: "danger" })));
    }
    return element("div", { className: "actions" }, ...actions);
  }

  edit(video) {
    const row = this.rows.get(video.id);
    row.isEditing = true;
    const input = element("input", { type: "text", value: video.title, required: true, maxLength: 200, "aria-label": "Title" });
    const close = (current) => {
      // The row may be gone, or closed already.
      if (this.rows.get(video.id) === row) {
        const closed = { video: current, node: this.row(current) };
        row.node.replaceWith(closed.node);
        this.rows.set(video.id, closed);
        closed.node.querySelector("[data-action=rename]")?.focus();
      }
      return this.refresh();
    };
    const form = element("form", {
      className: "rename",
      onkeydown: (event) => { if (event.key === "Escape") close(video); },
      onsubmit: async (event) => {
        event.preventDefault();
        let current = video;
        try {
          current = await this.rename(video, input.value.trim());
          toast("Renamed.");
        } catch (error) {
          this.report(error.code === "versionConflict" && error.current
            ? { message: `Someone has changed this video meanwhile: its title is “${error.current.title}”.` } : error);
        }
        close(current);
      },
    }, input, element("button", { className: "button primary", textContent: "Save" }), button("Cancel", () => close(video)));
    row.node.querySelector("h3").replaceWith(form);
    row.node.querySelector(".actions").hidden = true;
    input.select();
  }

  /** Renames a video, unless its title has changed. Other changes don't matter, such as that of its picture. */
  async rename(video, title) {
    let current = await request("GET", `/api/videos/${video.id}`);
    for (;;) {
      if (current.title !== video.title) throw new Problem({ code: "versionConflict", current });
      try {
        return await request("PATCH", `/api/videos/${video.id}`, { title, version: current.version });
      } catch (error) {
        if (error.code !== "versionConflict" || !error.current) throw error;
        current = error.current;
      }
    }
  }

  async delete(video) {
    await this.change(() => request("DELETE", `/api/videos/${video.id}`), `Deleted “${video.title}”.`,
      { text: "Undo", run: () => this.restore(video) });
  }

  async restore(video) {
    await this.change(() => request("POST", `/api/videos/${video.id}/restore`), `Restored “${video.title}”.`);
  }

  async change(body, done, action) {
    try {
      await body();
      toast(done, action);
    } catch (error) {
      this.report(error);
    }
    await this.refresh();
  }

  report(error) { toast(text(error)); }
}
