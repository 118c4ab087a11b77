/* Keeps the pages of the day of an event on a device, and shows them when there is no network. It keeps pages that name
   nobody; who is to come is kept by the page itself, encrypted. */

const KEPT = "soundings-day-1";
const PATIENCE = 4000;
const PAGES = /^\/events\/manage\/[0-9a-f-]{36}\/(day|notes\/write)\/$/;
const CODE = /^\/[Cc]\/([A-Za-z2-7]{16})\/?$/;
const DOOR = "/C/door";

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

self.addEventListener("message", (event) => {
  if (event.data.keep) {
    event.waitUntil(keep(event.data.keep, event.data.door).then((kept) => event.source.postMessage({ kept })));
  }
});

async function keep(addresses, door) {
  const cache = await caches.open(KEPT);
  await cache.put(DOOR, new Response(door));
  /* A set grows while it is gone through: what a page is made of is kept with it. */
  const wanted = new Set(addresses.map((address) => new URL(address, location.origin).pathname));
  let kept = 0;
  for (const address of wanted) {
    try {
      const answer = await fetch(address, { credentials: "same-origin", redirect: "manual" });
      if (!answer.ok) {
        continue;
      }
      if ((answer.headers.get("content-type") || "").startsWith("text/html")) {
        const text = await answer.clone().text();
        [...text.matchAll(/(?:src|href)="(\/static\/[^"?#]+)"/g)].forEach((found) => wanted.add(found[1]));
      }
      await cache.put(address, answer);
      kept += 1;
    } catch {
      /* Next time. */
    }
  }
  return kept;
}

function soon(request) {
  return new Promise((resolve, reject) => {
    const late = setTimeout(() => reject(new Error("late")), PATIENCE);
    fetch(request).then(resolve, reject).finally(() => clearTimeout(late));
  });
}

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== location.origin) {
    return;
  }
  if (request.mode === "navigate" && PAGES.test(url.pathname)) {
    event.respondWith(page(request, url));
  } else if (request.mode === "navigate" && CODE.test(url.pathname)) {
    event.respondWith(code(request, url));
  } else if (url.pathname.startsWith("/static/")) {
    event.respondWith(file(request));
  }
});

async function page(request, url) {
  const cache = await caches.open(KEPT);
  try {
    const answer = await soon(request);
    /* A page with words in its address may name people, so it is not kept. */
    if (answer.ok && !url.search) {
      await cache.put(url.pathname, answer.clone());
    }
    return answer;
  } catch (problem) {
    return (await cache.match(url.pathname)) || Promise.reject(problem);
  }
}

/* A code that was read by the camera of this device while there is no network opens the page at the door. */
async function code(request, url) {
  try {
    return await soon(request);
  } catch (problem) {
    const door = await (await caches.open(KEPT)).match(DOOR);
    if (!door) {
      throw problem;
    }
    return Response.redirect(`${await door.text()}#code=${CODE.exec(url.pathname)[1].toUpperCase()}`);
  }
}

async function file(request) {
  const cache = await caches.open(KEPT);
  try {
    return await fetch(request);
  } catch (problem) {
    return (await cache.match(request, { ignoreSearch: true })) || Promise.reject(problem);
  }
}
