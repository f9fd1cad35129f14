/**
 * Keeps words that are not saved yet in this tab, so that a dropped connection or an ended session loses none.
 * They are offered to their writer alone, and dropped once they are saved or the tab is closed. Where a browser
 * refuses storage to a framed site, the page's own entry in the tab's history keeps them: a reload and the way back
 * find them there.
 */
const PREFIX = "draft:";
const SENT = "sent draft";
const form = document.querySelector("form[data-draft]");

if (form) {
  const key = PREFIX + form.dataset.draft;
  offer(read(key));
  form.addEventListener("input", () => write(key, words()));
  form.addEventListener("submit", () => write(SENT, key));
} else if (document.querySelector("div.notice")) {
  dropSent();
}

function words() {
  return JSON.stringify([...new FormData(form)].filter(([name]) => name !== "version"));
}

function offer(kept) {
  if (!kept || kept === words()) return;
  const place = document.getElementById("draft-offer");
  place.hidden = false;
  place.querySelector("button").addEventListener("click", () => {
    putBack(JSON.parse(kept));
    place.hidden = true;
    form.querySelector("input:not([type=hidden]), textarea").focus();
  });
}

function putBack(entries) {
  for (const field of form.elements) {
    const values = entries.filter(([name]) => name === field.name).map(([, value]) => value);
    if (field.type === "checkbox") field.checked = values.includes(field.value);
    else if (values.length) field.value = values[0];
  }
  for (const box of form.querySelectorAll("details :checked")) {
    for (let group = box.closest("details"); group; group = group.parentElement.closest("details")) group.open = true;
  }
}

function read(key) {
  try {
    return sessionStorage.getItem(key);
  } catch {
    return history.state?.[key] ?? null;
  }
}

function write(key, value) {
  try {
    sessionStorage.setItem(key, value);
  } catch {
    history.replaceState({ ...history.state, [key]: value }, "");
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
