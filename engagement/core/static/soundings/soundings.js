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
    "{n} choice fits": "{n} dewis yn cyfateb",
    "{n} choices fit": "{n} dewis yn cyfateb",
    "Nothing in the list fits. Choose one that is there.": "Nid oes dim yn y rhestr yn cyfateb. Dewiswch un sydd yno.",
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
    /* Files go with the button: they are not sent again and again while somebody writes. */
    const body = new FormData(form);
    form.querySelectorAll("input[type=file]").forEach((input) => body.delete(input.name));
    try {
      const answer = await fetch(form.dataset.autosaveUrl, {
        method: "POST",
        body,
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

/* Search a long list: <select data-search> gets a text box with a list of what fits, the combobox of the ARIA
   Authoring Practices. The select keeps the value and is what the form sends. */
function searchIn(select) {
  const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase().trim();
  const choices = [...select.options].filter((one) => one.value).map((one) => ({ one, words: plain(one.text) }));
  const make = (tag, facts) => Object.assign(document.createElement(tag), facts);
  const box = make("div", { className: "search" });
  const input = make("input", { type: "text", id: select.id, autocomplete: "off", spellcheck: false });
  const list = make("ul", { id: `${select.id}_list`, className: "search__list", hidden: true });
  const heard = make("p", { className: "search__said" });
  const label = document.querySelector(`label[for="${CSS.escape(select.id)}"]`);
  let active = -1;

  input.setAttribute("role", "combobox");
  input.setAttribute("aria-autocomplete", "list");
  input.setAttribute("aria-controls", list.id);
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", label ? label.textContent.trim() : "");
  heard.setAttribute("role", "status");
  ["aria-describedby", "aria-invalid"].forEach((name) => {
    if (select.hasAttribute(name)) {
      input.setAttribute(name, select.getAttribute(name));
    }
  });
  /* The label and links to the error lead to what is seen. */
  select.id = `${select.id}_value`;
  select.hidden = true;
  select.after(box);
  box.append(input, list, heard);

  const chosen = () => (select.value ? select.selectedOptions[0].text : "");
  const close = () => {
    list.hidden = true;
    active = -1;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  };
  const mark = (place) => {
    const shown = [...list.children];
    active = shown.length ? (place + shown.length) % shown.length : -1;
    shown.forEach((item, at) => item.setAttribute("aria-selected", String(at === active)));
    if (active >= 0) {
      input.setAttribute("aria-activedescendant", shown[active].id);
      shown[active].scrollIntoView({ block: "nearest" });
    }
  };
  const choose = (value) => {
    if (select.value !== value) {
      select.value = value;
      select.dispatchEvent(new Event("change", { bubbles: true }));
    }
    input.value = chosen();
    heard.textContent = "";
    close();
  };
  const open = (typed) => {
    const words = plain(typed).split(/\s+/u).filter(Boolean);
    const fits = choices.filter((choice) => words.every((word) => choice.words.includes(word)));
    list.replaceChildren(
      ...fits.map(({ one }) => {
        const item = make("li", { id: `${list.id}_${one.index}`, textContent: one.text });
        item.setAttribute("role", "option");
        item.setAttribute("aria-selected", "false");
        item.dataset.value = one.value;
        return item;
      }),
    );
    close();
    list.hidden = !fits.length;
    input.setAttribute("aria-expanded", String(fits.length > 0));
    heard.textContent = fits.length
      ? said(fits.length === 1 ? "{n} choice fits" : "{n} choices fit", fits.length)
      : said("Nothing in the list fits. Choose one that is there.");
  };

  input.addEventListener("input", () => open(input.value));
  input.addEventListener("click", () => list.hidden && open(""));
  input.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) {
      event.preventDefault();
      if (list.hidden) {
        open(input.value === chosen() ? "" : input.value);
      }
      mark(active < 0 ? (step > 0 ? 0 : -1) : active + step);
    } else if (event.key === "Enter" && !list.hidden) {
      event.preventDefault();
      const item = list.children[active] || (list.children.length === 1 ? list.firstChild : null);
      if (item) {
        choose(item.dataset.value);
      }
    } else if (event.key === "Escape" && !list.hidden) {
      event.preventDefault();
      input.value = chosen();
      heard.textContent = "";
      close();
    }
  });
  list.addEventListener("pointerdown", (event) => event.preventDefault());
  list.addEventListener("click", (event) => {
    const item = event.target.closest("li");
    if (item) {
      choose(item.dataset.value);
    }
  });
  input.addEventListener("blur", () => {
    const typed = plain(input.value);
    const same = choices.find((choice) => choice.words === typed);
    if (same || !typed) {
      choose(same ? same.one.value : "");
    } else {
      /* What was typed stays to be read; the answer is none. */
      const words = input.value;
      choose("");
      input.value = words;
      heard.textContent = said("Nothing in the list fits. Choose one that is there.");
    }
  });
  window.addEventListener("pageshow", () => {
    input.value = chosen();
  });
  close();
  input.value = chosen();
}
document.querySelectorAll("select[data-search]").forEach(searchIn);

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
