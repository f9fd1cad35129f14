/**
 * Keeps words that are not saved yet in this tab, so that a dropped connection or an ended session loses none; on
 * forms that say so they are sent to the server as well while they are typed.
 * They are offered to their writer alone, and dropped once they are saved or the tab is closed. Where a browser
 * refuses storage to a framed site, the page's own entry in the tab's history keeps them: a reload and the way back
 * find them there.
 */
import { keepOnServer } from "./autosave.js";

const PREFIX = "draft:";
const EARLIER = ":earlier";
const SENT = "sent draft";
const OF_THE_PAGE = new Set(["sheet", "turn", "seen"]);
/** Not words, yet put back with them: the server then tells what was saved since they were typed. */
const TYPED_OVER = new Set(["version", "shown"]);
const forms = document.querySelectorAll("form[data-draft]");
let isGoing = false;

if (document.querySelector("[data-told], form[data-kept]")) dropSent();
addEventListener("beforeunload", () => (isGoing = true));
addEventListener("submit", (event) => {
  if (!event.target.matches("[data-draft]")) drop(SENT); // what the next page tells is of this form
});
forms.forEach(keep);

function keep(form) {
  const key = () => PREFIX + form.dataset.draft;
  form.addEventListener("input", () => {
    isGoing = false;
    write(key(), draft());
  });
  setAside();
  offer();
  form.addEventListener("submit", () => write(SENT, key()));
  if (form.hasAttribute("data-autosave")) keepOnServer(form, { words, saved });

  function draft() {
    return JSON.stringify([...new FormData(form)].filter(([name]) => !OF_THE_PAGE.has(name)));
  }

  function words() {
    return wordsOf(draft());
  }

  /**
   * The server holds these words: the tab need not, and calls the rest by the name that they have there. A page that
   * is being left lets go of nothing, as the next one may have been made before the words arrived.
   */
  function saved(sent, name) {
    if (isGoing) return;
    const before = key();
    form.dataset.draft = name;
    if (before !== key()) {
      const both = [...earlier(key()), ...earlier(before)];
      if (both.length) write(key() + EARLIER, JSON.stringify(both));
      drop(before + EARLIER);
      drop(before);
    }
    if (words() === sent) drop(key());
    else write(key(), draft());
  }

  /** Words of an earlier visit stay apart from what is typed now, until their writer says what becomes of them. */
  function setAside() {
    const kept = read(key());
    const isNew = kept && wordsOf(kept) !== words();
    if (isNew) write(key() + EARLIER, JSON.stringify([...new Set([kept, ...earlier(key())])]));
    drop(key());
  }

  /** A page with many small forms asks nothing: what was typed in one of them is in it again. */
  function offer() {
    const place = form.hasAttribute("data-puts-back") ? null : document.getElementById("draft-offer");
    if (!place) {
      const [first] = earlier(key());
      drop(key() + EARLIER);
      if (first) putBack(JSON.parse(first));
      return;
    }
    place.hidden = earlier(key()).length === 0;
    place.addEventListener("click", (event) => {
      const answer = event.target.dataset.answer;
      const [first, ...rest] = earlier(key());
      if (!answer || !first) return;
      if (rest.length) write(key() + EARLIER, JSON.stringify(rest));
      else drop(key() + EARLIER);
      place.hidden = rest.length === 0;
      if (answer !== "back") return;
      putBack(JSON.parse(first));
      form.querySelector("input:not([type=hidden]), textarea").focus();
    });
  }

  function putBack(entries) {
    for (const field of form.elements) {
      if (!field.name || OF_THE_PAGE.has(field.name) || field.type === "submit") continue;
      const values = entries.filter(([name]) => name === field.name).map(([, value]) => value);
      if (field.type === "checkbox" || field.type === "radio") field.checked = values.includes(field.value);
      else if (values.length) field.value = values[0];
    }
    for (const inner of [form, ...form.querySelectorAll("details :checked")]) {
      for (let group = inner.closest("details"); group; group = group.parentElement.closest("details")) group.open = true;
    }
    form.dispatchEvent(new Event("input", { bubbles: true }));
  }
}

function wordsOf(draft) {
  return JSON.stringify(JSON.parse(draft).filter(([name]) => !TYPED_OVER.has(name)));
}

function earlier(name) {
  return JSON.parse(read(name + EARLIER) ?? "[]");
}

function read(name) {
  try {
    return sessionStorage.getItem(name);
  } catch {
    return history.state?.[name] ?? null;
  }
}

function write(name, value) {
  try {
    sessionStorage.setItem(name, value);
  } catch {
    history.replaceState({ ...history.state, [name]: value }, "");
  }
}

function drop(name) {
  try {
    sessionStorage.removeItem(name);
  } catch {
    const { [name]: _dropped, ...rest } = history.state ?? {};
    history.replaceState(rest, "");
  }
}

/** A page that tells that something was saved, after a form was sent: its draft has done its work. */
function dropSent() {
  try {
    sessionStorage.removeItem(sessionStorage.getItem(SENT));
    sessionStorage.removeItem(SENT);
  } catch {
    /* the entry of the form stays behind in the history */
  }
}
