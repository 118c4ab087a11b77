/* At the door: search and mark at once, and go on without a network. Without this file the page's forms do the same. */

import { forgetRoster, isPossible, keepPages, keepRoster, put, rosterOf, send, waiting, wipe } from "./day-store.js";

const root = document.querySelector("[data-door]");
const find = (name) => root.querySelector(`[data-door-${name}]`);
const { event, snapshot, sync } = root.dataset;
const MOST = 20;

let roster = null;
let offset = 0;

const clock = (moment) => {
  const time = new Date(moment).toLocaleTimeString("en-GB", { hour: "numeric", minute: "2-digit", hour12: true });
  return time.replace(" ", "").toLowerCase();
};
const plural = (number, one, many) => `${number} ${number === 1 ? one : many}`;
const device = () => find("device").value.trim() || "a telephone";

function say(kind, words) {
  const said = find("said");
  said.dataset.kind = kind;
  said.textContent = words;
}

/* --- how things stand ------------------------------------------------------------------------------- */

let state = navigator.onLine ? "sent" : "offline";
async function showState() {
  const queued = (await waiting(event)).length;
  const box = find("state");
  const line = find("line");
  box.hidden = false;
  const reports = plural(queued, "report waits", "reports wait");
  box.dataset.kind = state === "sent" ? "online" : "offline";
  const words = {
    sent: "The network works. Everything is sent.",
    offline: "No network. Go on: this device keeps what you do and sends it when the network is back.",
    failed: "The site does not answer. This device keeps what you do and tries again.",
    "signed-out": "You are signed out. This device keeps what you do; sign in again to send it.",
  };
  line.textContent = words[state];
  find("queue").textContent = queued ? `${reports} on this device.` : "";
  find("queue").dataset.waiting = queued;
  find("send").hidden = !queued;
  if (state === "signed-out") {
    const link = document.createElement("a");
    link.href = `/accounts/login/?next=${encodeURIComponent(location.pathname)}`;
    link.textContent = "Sign in";
    line.append(" ", link);
  }
  if (roster && state !== "sent") {
    const here = roster.people.filter((person) => person.state === "attended" && !person.left).length;
    find("counts").textContent = `${here} of ${roster.people.length} here, as far as this device knows.`;
  }
}

async function sendAll() {
  state = await send(event, sync, device(), (answer) => {
    if (answer.answer !== "done") {
      say(answer.answer, answer.words);
    }
  });
  if (state === "signed-out") {
    await forgetRoster(event);
  }
  await showState();
}

async function refresh() {
  try {
    const asked = Date.now();
    const answer = await fetch(snapshot, { credentials: "same-origin", redirect: "manual" });
    if (answer.ok) {
      const fresh = await answer.json();
      offset = Math.round(fresh.server_time - (asked + Date.now()) / 2);
      /* What waits on this device is true already. */
      roster = fresh;
      (await waiting(event)).forEach((item) => mark(item.person, item.kind, item.device_time));
      await keepRoster(roster);
      const { counts } = fresh;
      await showFigures();
      find("counts").textContent = `${counts.here} of ${counts.expected} here${counts.gone ? `, ${counts.gone} left early` : ""}.`;
    }
  } catch {
    state = "offline";
  }
}

/* The server draws the figures; without a network the last ones stay. */
async function showFigures() {
  const place = find("figures");
  const headers = { "HX-Request": "true" };
  const answer = await fetch(place.dataset.doorFigures, { headers, credentials: "same-origin", redirect: "manual" });
  if (answer.ok) {
    place.innerHTML = await answer.text();
  }
}

/* --- people ----------------------------------------------------------------------------------------- */

function mark(id, kind, moment) {
  const person = roster?.people.find((one) => one.id === id);
  if (person) {
    person.left = kind === "out";
    if (kind === "in" && person.state !== "attended") {
      person.at = clock(moment);
    }
    person.state = "attended";
  }
  return person;
}

async function report(item, words, kind = "done") {
  await put(event, { ...item, offset });
  say(kind, words);
  if (roster) {
    await keepRoster(roster);
  }
  show(find("search").elements.q.value);
  await showState();
  await sendAll();
}

async function press(person, kind) {
  const was = person.state === "attended" && !person.left;
  const at = person.at;
  mark(person.id, kind, Date.now());
  if (kind === "out") {
    await report({ kind, person: person.id }, `${person.name} left at ${clock(Date.now())}.`);
  } else if (was) {
    await report({ kind, person: person.id }, `${person.name} was in already${at ? ` at ${at}` : ""}.`, "already");
  } else {
    await report({ kind, person: person.id }, `${person.name} is in${person.table ? `: ${person.table}` : ""}.`);
  }
}

function shown(person) {
  const row = document.createElement("li");
  row.className = "door__person";
  const add = (tag, name, words) => {
    const part = document.createElement(tag);
    part.className = name;
    part.textContent = words;
    row.append(part);
    return part;
  };
  add("p", "door__name", person.name);
  add("p", "meta", [person.organisation, person.table].filter(Boolean).join(" · "));
  const words = { attended: "Came", absent: "Did not come", excused: "Sent apologies" };
  if (person.state) {
    add("p", "meta", `${words[person.state] || ""}${person.at ? `, ${person.at}` : ""}${person.left ? ", left early" : ""}`);
  }
  const isIn = person.state === "attended" && !person.left;
  const button = add("button", isIn ? "button button--quiet" : "button door__in", isIn ? "Left early" : "In");
  button.type = "button";
  const whose = document.createElement("span");
  whose.className = "visually-hidden";
  whose.textContent = `: ${person.name}`;
  button.append(whose);
  button.addEventListener("click", () => press(person, isIn ? "out" : "in"));
  return row;
}

function show(words) {
  const results = find("results");
  if (!roster || !words.trim()) {
    results.replaceChildren();
    return;
  }
  const parts = words.toLocaleLowerCase("en-GB").split(/\s+/).filter(Boolean);
  const fits = (person) => {
    const text = `${person.name} ${person.organisation}`.toLocaleLowerCase("en-GB");
    return parts.every((part) => text.includes(part));
  };
  list(roster.people.filter(fits), words);
}

function list(people, words) {
  const rows = document.createElement("ul");
  rows.className = "door__list";
  if (people.length) {
    rows.append(...people.slice(0, MOST).map(shown));
  } else {
    const row = document.createElement("li");
    row.textContent = `Nobody fits “${words}”. Try less of the name, or enter a walk-in.`;
    rows.append(row);
  }
  const head = document.createElement("h2");
  head.textContent = `${people.length} found`;
  find("results").replaceChildren(head, rows);
}

/* --- codes ------------------------------------------------------------------------------------------ */

const plainCode = (text) => text.replace(/[\s-]/g, "").toUpperCase();

async function personOf(code) {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(code));
  const hash = [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return roster?.people.find((person) => person.code === hash);
}

async function readCode(code, { isScanned }) {
  const person = await personOf(code);
  if (person && isScanned) {
    const was = person.state === "attended" && !person.left;
    const at = person.at;
    mark(person.id, "in", Date.now());
    list([person], code);
    await put(event, { kind: "in", code, offset });
    say(was ? "already" : "done", was ? `${person.name} was in already${at ? ` at ${at}` : ""}.` : `${person.name} is in${person.table ? `: ${person.table}` : ""}.`);
    await keepRoster(roster);
    await sendAll();
  } else if (person) {
    list([person], code);
  } else if (isScanned) {
    await put(event, { kind: "in", code, offset });
    say("already", "This device does not know the code. The site decides when it is sent.");
    await sendAll();
  } else {
    list([], code);
  }
}

/* The camera of this page, where the browser reads codes itself. Any telephone's own camera app does the same. */
function offerCamera() {
  const button = find("scan");
  if (!("BarcodeDetector" in window) || !navigator.mediaDevices) {
    return;
  }
  button.hidden = false;
  let stream = null;
  button.addEventListener("click", async () => {
    const video = find("camera");
    if (stream) {
      stream.getTracks().forEach((track) => track.stop());
      stream = null;
      video.hidden = true;
      button.textContent = "Scan with this camera";
      return;
    }
    try {
      stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
    } catch {
      say("refused", "This page may not use the camera. Read the code with the camera app of the telephone.");
      return;
    }
    button.textContent = "Stop the camera";
    video.srcObject = stream;
    video.hidden = false;
    await video.play();
    const detector = new BarcodeDetector({ formats: ["qr_code"] });
    let before = "";
    while (stream) {
      const [found] = await detector.detect(video).catch(() => []);
      const code = found && /\/C\/([A-Z2-7]{16})\/?$/i.exec(found.rawValue)?.[1].toUpperCase();
      if (code && code !== before) {
        before = code;
        await readCode(code, { isScanned: true });
      }
      await new Promise((resolve) => setTimeout(resolve, 250));
    }
  });
}

/* --- begin ------------------------------------------------------------------------------------------ */

async function begin() {
  await wipe();
  const name = find("device");
  name.value = localStorage.getItem("soundings-device") || "";
  name.addEventListener("change", () => localStorage.setItem("soundings-device", name.value.trim()));
  roster = await rosterOf(event);
  find("search").addEventListener("submit", (submitted) => {
    submitted.preventDefault();
    const code = plainCode(find("search").elements.q.value);
    if (/^[A-Z2-7]{16}$/.test(code)) {
      readCode(code, { isScanned: false });
    } else {
      show(find("search").elements.q.value);
    }
  });
  find("search").elements.q.addEventListener("input", (typed) => show(typed.target.value));
  find("send").addEventListener("click", sendAll);
  const form = find("walk-in");
  form.addEventListener("submit", async (submitted) => {
    const value = (field) => form.elements[`walk-${field}`].value.trim();
    /* The server has the sentence for a form without a name. */
    if (!value("name") || !form.elements["walk-email"].checkValidity()) {
      return;
    }
    submitted.preventDefault();
    const item = { kind: "walk_in", name: value("name"), email: value("email"), organisation: value("organisation_name") };
    item.partner = value("kind");
    form.reset();
    await report(item, `${item.name} is in.`);
    await refresh();
    await showState();
  });
  window.addEventListener("online", () => sendAll().then(refresh).then(showState));
  window.addEventListener("offline", () => {
    state = "offline";
    showState();
  });
  offerCamera();
  await refresh();
  await sendAll();
  const code = /^#code=([A-Z2-7]{16})$/.exec(location.hash);
  if (code) {
    await readCode(code[1], { isScanned: false });
  }
  navigator.storage?.persist?.();
  setInterval(async () => {
    if ((await waiting(event)).length) {
      await sendAll();
    } else if (navigator.onLine) {
      await refresh();
      state = roster ? state : "offline";
      await showState();
    }
  }, 15000);
  await keepPages(root.dataset.worker, root.dataset.home, root.dataset.keep.split(" "));
  root.dataset.ready = "yes";
}

if (isPossible()) {
  begin();
}
