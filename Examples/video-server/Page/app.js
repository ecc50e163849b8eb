// The page: who is signed in, and the parts that they see.

import { onSignedOut, request } from "./api.js";
import { button, byID, element, toast } from "./dom.js";
import { Library } from "./library.js";
import { text } from "./messages.js";
import { Player } from "./player.js";
import { UploadsView } from "./uploads-view.js";

const player = new Player();
const library = new Library({ onplay: (id) => player.open(id), onreplace: replace });
const uploads = new UploadsView({ onfinish: () => library.refresh(), onplay: (id) => player.open(id) });
/** Tells the other tabs of this browser that someone has signed in or out. All of them have the same cookie. */
const tabs = new BroadcastChannel("session");
let replaced = null;
/** The person whom the page shows, null for nobody, or undefined before the first response. */
let person;
/** Counts the changes of the session, so that a late response doesn't undo one. */
let turn = 0;

async function start() {
  try {
    show(await request("GET", "/session"));
  } catch (error) {
    byID("main").prepend(element("p", { className: "message", role: "alert", textContent: error.message }));
  }
}

/** Shows the person of the session, if the page shows another one. */
async function follow() {
  if (person === undefined) return;
  const own = ++turn;
  let session;
  try {
    session = await request("GET", "/session");
  } catch {
    return;
  }
  if (own !== turn || session.person?.id === person?.id) return;
  const wasSignedIn = Boolean(person);
  // Nothing of one person stays for the next.
  if (wasSignedIn && session.person) show({ ...session, person: null });
  show(session);
  if (person) toast(`${person.name} has signed in in another tab.`);
  else if (wasSignedIn) toast("You were signed out. Sign in to continue.");
}

function show(session) {
  person = session.person ?? null;
  byID("sign-in").hidden = Boolean(person);
  byID("workspace").hidden = !person;
  if (!person) {
    // Nothing of one person stays for the next.
    byID("toasts").replaceChildren();
    player.close();
    uploads.close();
    library.close();
    byID("account").replaceChildren();
    byID("people").replaceChildren(...session.people.map((other) => {
      const node = button("", () => signIn(other.id));
      node.append(element("span", { textContent: other.name }),
        element("span", { className: "role", textContent: other.isTeacher ? "Teacher" : "Student" }));
      return node;
    }));
    return;
  }
  byID("account").replaceChildren(
    element("span", { textContent: person.name },
      element("span", { className: "role", textContent: person.isTeacher ? ", teacher" : ", student" })),
    button("Sign out", signOut));
  byID("greeting").textContent = person.isTeacher ? "All videos" : "Your videos";
  byID("course-session").replaceChildren(
    ...session.courseSessions.map(({ id, title }) => element("option", { value: id, textContent: title })));
  uploads.open(person.id);
  library.open(session);
}

/** Signs in or out, here and in the other tabs. */
async function change(method, body) {
  turn += 1;
  const session = await request(method, "/session", body);
  turn += 1;
  show(session);
  tabs.postMessage(null);
}

async function signIn(id) {
  try {
    await change("POST", { person: id });
    byID("main").focus();
  } catch (error) {
    toast(text(error));
  }
}

async function signOut() {
  try {
    await change("DELETE");
    byID("people").querySelector("button")?.focus();
  } catch (error) {
    toast(text(error));
  }
}

function choose(files) {
  uploads.choose([...files], { sessionID: byID("course-session").value });
}

function replace(video) {
  replaced = video;
  byID("replacement").click();
}

byID("files").onchange = ({ target }) => { choose(target.files); target.value = ""; };
byID("replacement").onchange = ({ target }) => {
  const files = [...target.files];
  target.value = "";
  if (replaced && files.length > 0) {
    uploads.choose(files, { replaces: replaced.id, title: replaced.title, sessionID: replaced.sessionID });
  }
};

const drop = byID("drop");
for (const name of ["dragover", "drop"]) addEventListener(name, (event) => event.preventDefault());
drop.addEventListener("dragenter", () => drop.classList.add("over"));
drop.addEventListener("dragover", () => drop.classList.add("over"));
drop.addEventListener("dragleave", (event) => {
  if (!drop.contains(event.relatedTarget)) drop.classList.remove("over");
});
drop.addEventListener("drop", (event) => {
  drop.classList.remove("over");
  choose(event.dataTransfer.files);
});

// Several requests may learn it at once.
onSignedOut(() => { if (person) follow(); });
tabs.onmessage = follow;
document.addEventListener("visibilitychange", () => { if (document.visibilityState === "visible") follow(); });

start();
