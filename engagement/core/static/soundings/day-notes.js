/* Points are written at a table, with and without a network: each is kept on the device until the site has it. */

import { isPossible, keepPages, put, send, waiting, wipe } from "./day-store.js";

const root = document.querySelector("[data-notes]");
const form = document.querySelector("[data-note-form]");
const { event, sync } = root.dataset;
let state = navigator.onLine ? "sent" : "offline";
const mine = new Map();

async function showState(words) {
  const queued = (await waiting(event)).filter((item) => item.kind === "note");
  root.hidden = false;
  root.dataset.kind = state === "sent" ? "online" : "offline";
  root.dataset.waiting = queued.length;
  const points = queued.length === 1 ? "1 point waits" : `${queued.length} points wait`;
  const said = {
    sent: words || "What you save is sent at once.",
    offline: `No network. ${queued.length ? `${points} on this device and` : "What you save stays on this device and"} will be sent when it is back.`,
    failed: `The site does not answer. ${points} on this device; it tries again.`,
    "signed-out": `You are signed out. ${points} on this device. `,
  };
  const line = root.querySelector("[data-notes-line]");
  line.textContent = said[state];
  if (state === "signed-out") {
    const link = document.createElement("a");
    link.href = `/accounts/login/?next=${encodeURIComponent(location.pathname)}`;
    link.textContent = "Sign in to send them";
    line.append(link);
  }
  root.querySelector("[data-notes-send]").hidden = !queued.length;
  queued.forEach((item) => mine.set(item.scan_id, { text: item.text, is_sent: false }));
  const rows = [...mine.values()].reverse().map((point) => {
    const row = document.createElement("li");
    row.className = "door__person";
    const text = document.createElement("p");
    text.textContent = point.text;
    const how = document.createElement("p");
    how.className = "meta";
    how.textContent = point.is_sent ? "Saved" : "Waits on this device";
    row.append(text, how);
    return row;
  });
  const list = document.querySelector("[data-notes-mine]");
  list.hidden = !rows.length;
  list.querySelector("[data-notes-list]").replaceChildren(...rows);
}

async function sendAll() {
  const had = (await waiting(event)).length;
  state = await send(event, sync, localStorage.getItem("soundings-device") || "a telephone", (answer) => {
    const point = mine.get(answer.scan_id);
    if (point) {
      point.is_sent = answer.answer === "done";
    }
  });
  await showState(had && state === "sent" ? "The point is saved. Write the next one." : "");
}

function pointOf() {
  const item = { kind: "note" };
  for (const [name, value] of new FormData(form)) {
    if (name === "organisations") {
      item.organisations = [...(item.organisations || []), value];
    } else if (typeof value === "string" && !["csrfmiddlewaretoken", "picture_words"].includes(name)) {
      item[name] = value;
    }
  }
  return item;
}

form.addEventListener("submit", async (submitted) => {
  const text = form.elements.text.value.trim();
  const picture = form.elements.picture.files.length > 0;
  /* The server has the sentences for a form that lacks something, and takes photographs. */
  if (!isPossible() || !text || !form.querySelector("[name=point]:checked") || (picture && navigator.onLine)) {
    return;
  }
  submitted.preventDefault();
  const item = pointOf();
  const number = await put(event, item);
  mine.set(number, { text: item.text, is_sent: false });
  /* Topic, table and question stay for the next point. */
  form.elements.text.value = "";
  form.elements.people_count.value = "";
  form.querySelectorAll("[name=organisations]").forEach((box) => (box.checked = false));
  form.querySelectorAll("[name=is_attributable]").forEach((choice) => (choice.checked = choice.value === "no"));
  form.elements.text.focus();
  await showState();
  await sendAll();
  if (picture) {
    root.querySelector("[data-notes-line]").append(" The photograph is not kept without a network: add it to the note later.");
  }
});

async function begin() {
  await wipe();
  root.querySelector("[data-notes-send]").addEventListener("click", sendAll);
  window.addEventListener("online", sendAll);
  window.addEventListener("offline", () => {
    state = "offline";
    showState();
  });
  await showState();
  await sendAll();
  setInterval(async () => (await waiting(event)).length && sendAll(), 15000);
  await keepPages(root.dataset.worker, root.dataset.home, root.dataset.keep.split(" "));
  root.dataset.ready = "yes";
}

if (isPossible()) {
  begin();
}
