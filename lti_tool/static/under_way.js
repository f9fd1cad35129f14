/**
 * Looks every other second whether the work that a page tells of is done, and shows the page anew once it is.
 * A connection that drops is tried again; the page's own link does the same by hand.
 */
const EVERY = 2000;

async function look() {
  try {
    const answer = await fetch(location.href, { credentials: "same-origin" });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (!answer.ok || !page.querySelector("[data-reload]")) return location.reload();
  } catch {
    /* the next look may find the way */
  }
  setTimeout(look, EVERY);
}

setTimeout(look, EVERY);
