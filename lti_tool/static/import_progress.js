/** Watches an import: moves the bar, and loads the page anew when there is something else to show. */
const watched = document.querySelector(".import-progress");
const bar = watched.querySelector("progress");
const words = watched.querySelector(".import-done");
const PAUSE = 1000;

async function look() {
  try {
    const answer = await fetch(watched.dataset.progress, { headers: { Accept: "application/json" } });
    if (!answer.ok) throw new Error(String(answer.status));
    const { state, done } = await answer.json();
    if (state !== watched.dataset.state) {
      location.reload();
      return;
    }
    if (bar) bar.value = done;
    if (words) words.textContent = done;
    setTimeout(look, PAUSE);
  } catch {
    setTimeout(look, 5 * PAUSE); // the connection was lost for a moment, or the session is over: the link stays
  }
}

setTimeout(look, PAUSE);
