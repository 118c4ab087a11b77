/* Additions for people whose browser runs scripts; every page works without this file. */

/* The sentences of this file in the page's language; all others come from the server. */
const SENTENCES = {
  cy: {
    "{n} word": "{n} gair",
    "{n} words": "{n} gair",
    "{n} character": "{n} nod",
    "{n} characters": "{n} nod",
    "{n} word left": "{n} gair ar ôl",
    "{n} words left": "{n} gair ar ôl",
    "{n} character left": "{n} nod ar ôl",
    "{n} characters left": "{n} nod ar ôl",
    "{n} word too many": "{n} gair yn ormod",
    "{n} words too many": "{n} gair yn ormod",
    "{n} character too many": "{n} nod yn ormod",
    "{n} characters too many": "{n} nod yn ormod",
    "Saved {n}": "Cadwyd {n}",
    "A colleague changed this section. Press “Save” to see both texts.":
      "Newidiodd cydweithiwr yr adran hon. Pwyswch “Cadw” i weld y ddau destun.",
    "Not saved yet. Your text is still here; press “Save” to try again.":
      "Heb ei gadw eto. Mae eich testun yma o hyd; pwyswch “Cadw” i roi cynnig arall arni.",
    "No connection. Your text is still here and will be saved when you go on writing.":
      "Dim cysylltiad. Mae eich testun yma o hyd a chaiff ei gadw pan fyddwch yn mynd ymlaen i ysgrifennu.",
  },
};
const said = (sentence, n) => {
  const words = SENTENCES[document.documentElement.lang] || {};
  return (words[sentence] || sentence).replace("{n}", n);
};

const time = () => new Date().toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" });

/* Lead to the problems after a form came back. */
const summary = document.querySelector("[data-error-summary]");
if (summary) {
  summary.focus();
}

/* Send a form once, however often its button is pressed. */
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post" || event.defaultPrevented) {
    return;
  }
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "yes";
  setTimeout(() => delete form.dataset.sent, 10000);
});
window.addEventListener("pageshow", () => {
  document.querySelectorAll("form[data-sent]").forEach((form) => delete form.dataset.sent);
});

/* Count words or characters: <textarea data-count-words="400"> or data-count-characters="2000". */
function countIn(area) {
  const inWords = "countWords" in area.dataset;
  const limit = Number(inWords ? area.dataset.countWords : area.dataset.countCharacters) || 0;
  const seen = document.createElement("p");
  const heard = document.createElement("p");
  seen.className = "field__count";
  seen.setAttribute("aria-hidden", "true");
  heard.className = "visually-hidden";
  heard.setAttribute("aria-live", "polite");
  area.after(seen, heard);
  let later;

  const show = () => {
    const text = area.value.trim();
    const count = inWords ? (text ? text.split(/\s+/u).length : 0) : [...area.value].length;
    const unit = (number) => (inWords ? (number === 1 ? "word" : "words") : number === 1 ? "character" : "characters");
    const left = limit - count;
    let words = said(`{n} ${unit(count)}`, count);
    if (limit) {
      words = left < 0 ? said(`{n} ${unit(-left)} too many`, -left) : said(`{n} ${unit(left)} left`, left);
    }
    seen.textContent = words;
    seen.classList.toggle("field__count--over", limit > 0 && left < 0);
    clearTimeout(later);
    later = setTimeout(() => {
      if (document.activeElement === area) {
        heard.textContent = words;
      }
    }, 1200);
  };
  area.addEventListener("input", show);
  show();
}
document.querySelectorAll("textarea[data-count-words], textarea[data-count-characters]").forEach(countIn);

/* Save while writing: <form data-autosave-url="…"> posts itself there; [data-save-state] says how it went. */
function saveWhileWriting(form) {
  const state = form.querySelector("[data-save-state]") || document.querySelector("[data-save-state]");
  const say = (words) => {
    if (state) {
      state.textContent = words;
    }
  };
  let waiting;
  let running = false;
  let again = false;
  let clashed = false;
  let held = null;

  async function save() {
    if (clashed) {
      return;
    }
    if (running) {
      again = true;
      return;
    }
    running = true;
    try {
      const answer = await fetch(form.dataset.autosaveUrl, {
        method: "POST",
        body: new FormData(form),
        headers: { "X-Requested-With": "fetch", Accept: "application/json" },
        credentials: "same-origin",
        redirect: "manual",
      });
      if (answer.ok) {
        /* The answer may carry what the next save has to send back, such as the version of the draft. */
        if ((answer.headers.get("content-type") || "").includes("json")) {
          const facts = await answer.json();
          Object.entries(facts.fields || {}).forEach(([name, value]) => {
            if (form.elements[name]) {
              form.elements[name].value = value;
            }
          });
          say(facts.message || said("Saved {n}", time()));
        } else {
          say(said("Saved {n}", time()));
        }
      } else if (answer.status === 409) {
        clashed = true;
        say(said("A colleague changed this section. Press “Save” to see both texts."));
      } else {
        say(said("Not saved yet. Your text is still here; press “Save” to try again."));
      }
    } catch {
      say(said("No connection. Your text is still here and will be saved when you go on writing."));
    }
    running = false;
    if (held) {
      const button = held.button;
      held = null;
      form.requestSubmit(button);
    } else if (again) {
      again = false;
      save();
    }
  }

  const soon = (delay) => {
    clearTimeout(waiting);
    waiting = setTimeout(save, delay);
  };
  form.addEventListener("input", () => soon(2500));
  form.addEventListener("change", () => soon(800));
  form.addEventListener("submit", (event) => {
    clearTimeout(waiting);
    /* What was pressed while a save is on its way goes after it, with the version that the save gave. */
    if (running) {
      event.preventDefault();
      held = { button: event.submitter };
    }
  });
}
document.querySelectorAll("form[data-autosave-url]").forEach(saveWhileWriting);

/* Offer to print where a page has a place for it. */
document.querySelectorAll("[data-print]").forEach((place) => {
  place.hidden = false;
  place.querySelector("button")?.addEventListener("click", () => window.print());
});

/* A menu closes with Escape and when the focus leaves it. */
document.querySelectorAll("details[data-menu]").forEach((menu) => {
  menu.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && menu.open) {
      menu.open = false;
      menu.querySelector("summary").focus();
    }
  });
  menu.addEventListener("focusout", (event) => {
    if (event.relatedTarget && !menu.contains(event.relatedTarget)) {
      menu.open = false;
    }
  });
});
