/* What a device keeps on the day of an event: who is to come, and what was not sent yet. Both are encrypted with a key
   that no script can read out; who is to come is forgotten a day after the event, what was not sent is kept until it is. */

const NAME = "soundings-day";
const AT_ONCE = 25;

function asked(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

let opened;
function open() {
  opened ||= new Promise((resolve, reject) => {
    const request = indexedDB.open(NAME, 1);
    request.onupgradeneeded = () => {
      request.result.createObjectStore("queue", { keyPath: "scan_id" });
      request.result.createObjectStore("rosters", { keyPath: "event" });
      request.result.createObjectStore("keys", { keyPath: "name" });
    };
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
  return opened;
}

async function store(name, mode = "readonly") {
  return (await open()).transaction(name, mode).objectStore(name);
}

export function isPossible() {
  return Boolean(window.isSecureContext && window.indexedDB && window.crypto?.subtle && navigator.serviceWorker);
}

/* --- the key ---------------------------------------------------------------------------------------- */

async function key() {
  const kept = await asked((await store("keys")).get("day"));
  if (kept) {
    return kept.key;
  }
  const made = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
  try {
    await asked((await store("keys", "readwrite")).add({ name: "day", key: made }));
  } catch {
    /* Another page was faster. */
  }
  return (await asked((await store("keys")).get("day"))).key;
}

async function sealed(value) {
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const text = new TextEncoder().encode(JSON.stringify(value));
  return { iv, data: await crypto.subtle.encrypt({ name: "AES-GCM", iv }, await key(), text) };
}

async function unsealed(box) {
  const text = await crypto.subtle.decrypt({ name: "AES-GCM", iv: box.iv }, await key(), box.data);
  return JSON.parse(new TextDecoder().decode(text));
}

/* --- who is to come --------------------------------------------------------------------------------- */

export async function keepRoster(roster) {
  const row = { event: roster.event, wiped_at: roster.wiped_at, box: await sealed(roster) };
  await asked((await store("rosters", "readwrite")).put(row));
}

export async function rosterOf(event) {
  const row = await asked((await store("rosters")).get(event));
  return row ? unsealed(row.box) : null;
}

/* Forget rosters whose time is over; with nothing left to read, the key too. */
export async function wipe() {
  for (const row of await asked((await store("rosters")).getAll())) {
    if (row.wiped_at < Date.now()) {
      await asked((await store("rosters", "readwrite")).delete(row.event));
    }
  }
  const left = (await asked((await store("rosters")).count())) + (await asked((await store("queue")).count()));
  if (!left) {
    await asked((await store("keys", "readwrite")).delete("day"));
  }
}

export async function forgetRoster(event) {
  await asked((await store("rosters", "readwrite")).delete(event));
}

/* --- what was not sent ------------------------------------------------------------------------------ */

let last = 0;
export async function put(event, item) {
  const scan_id = crypto.randomUUID();
  /* Never the same number twice, so that the order is kept. */
  last = Math.max(last + 1, Date.now());
  const box = await sealed({ ...item, scan_id, device_time: Date.now() });
  await asked((await store("queue", "readwrite")).put({ scan_id, event, made: last, box }));
  return scan_id;
}

export async function waiting(event) {
  const rows = (await asked((await store("queue")).getAll())).filter((row) => row.event === event);
  rows.sort((one, other) => one.made - other.made);
  return Promise.all(rows.map((row) => unsealed(row.box)));
}

async function drop(numbers) {
  for (const number of numbers) {
    await asked((await store("queue", "readwrite")).delete(number));
  }
}

function field() {
  return document.querySelector("input[name=csrfmiddlewaretoken]");
}

/* A page that was kept holds an old proof that the form is ours; a fresh page holds the present one. */
async function freshToken() {
  const answer = await fetch(location.pathname, { credentials: "same-origin", redirect: "manual" });
  if (!answer.ok) {
    return false;
  }
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const found = page.querySelector("input[name=csrfmiddlewaretoken]");
  if (!found) {
    return false;
  }
  document.querySelectorAll("input[name=csrfmiddlewaretoken]").forEach((input) => (input.value = found.value));
  return true;
}

function post(url, body) {
  return fetch(url, {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-CSRFToken": field()?.value || "" },
    body: JSON.stringify(body),
    credentials: "same-origin",
    redirect: "manual",
  });
}

let running = null;
/* Send everything that waits, a batch at a time: "sent", "offline", "signed-out" or "failed". What has an answer is
   dropped, what has none is sent again; the server counts each once. */
export function send(event, url, device, onAnswer) {
  running ||= sendAll(event, url, device, onAnswer).finally(() => (running = null));
  return running;
}

async function sendAll(event, url, device, onAnswer) {
  let tried = false;
  for (;;) {
    const items = (await waiting(event)).slice(0, AT_ONCE);
    if (!items.length) {
      return "sent";
    }
    let facts;
    try {
      const answer = await post(url, { device, items });
      if (answer.status === 403 && !tried) {
        tried = true;
        if (await freshToken()) {
          continue;
        }
      }
      if (answer.type === "opaqueredirect" || answer.status === 401 || answer.status === 403) {
        return "signed-out";
      }
      if (!answer.ok) {
        return "failed";
      }
      facts = await answer.json();
    } catch {
      return "offline";
    }
    if (!facts.answers.length) {
      return "failed";
    }
    await drop(facts.answers.map((answer) => answer.scan_id));
    facts.answers.forEach((answer) => onAnswer?.(answer));
  }
}

/* --- pages without a network ------------------------------------------------------------------------ */

/* Have the worker keep these pages and what they are made of; says when it has. */
export async function keepPages(worker, home, pages) {
  const scopes = ["/C/", home];
  await Promise.all(scopes.map((scope) => navigator.serviceWorker.register(worker, { scope })));
  const registration = await navigator.serviceWorker.ready;
  const parts = performance.getEntriesByType("resource").map((entry) => entry.name);
  const files = [...document.querySelectorAll("link[rel~=stylesheet], link[rel=icon]")].map((link) => link.href);
  const scripts = [...document.querySelectorAll("script[src]")].map((script) => script.src);
  const own = [...parts, ...files, ...scripts].filter((address) => new URL(address).pathname.startsWith("/static/"));
  return new Promise((resolve) => {
    navigator.serviceWorker.addEventListener("message", (event) => event.data.kept && resolve(event.data.kept));
    registration.active.postMessage({ keep: [...new Set([...pages, ...own])], door: pages[0] });
  });
}
