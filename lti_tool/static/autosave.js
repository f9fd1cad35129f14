/**
 * Sends what is typed to the server a moment after the last key, one request at a time, and says so in a live region.
 * What cannot be sent stays in the tab and is sent when the connection is back.
 */
const PAUSE = 1_000;
const PATIENCE = 15_000;
const LONGEST_WAIT = 30_000;

export function keepOnServer(form, { words, saved }) {
  const note = document.getElementById("saved-note");
  const { turn } = form.elements;
  let onServer = words();
  let timer = 0;
  let wait = PAUSE;
  let isBusy = false;
  let isOver = false;

  form.addEventListener("input", () => later(PAUSE));
  form.addEventListener("submit", () => {
    turn.value = Number(turn.value) + 1;
    clearTimeout(timer);
  });
  addEventListener("online", () => later(0));
  addEventListener("offline", () => say(note.dataset.offline));
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden" && !form.dataset.sent) send({ isLeaving: true });
  });

  function later(pause) {
    clearTimeout(timer);
    timer = setTimeout(send, pause);
  }

  async function send({ isLeaving = false } = {}) {
    const sent = words();
    if (isOver || sent === onServer) return;
    if (isBusy) {
      later(PAUSE);
      return;
    }
    isBusy = true;
    turn.value = Number(turn.value) + 1;
    const body = new URLSearchParams([...new FormData(form), ["do", "autosave"]]);
    try {
      const answer = await fetch(form.action, {
        method: "POST",
        body,
        keepalive: isLeaving,
        signal: AbortSignal.timeout(PATIENCE),
      });
      if (answer.ok) arrived(sent, await answer.json());
      else refused(answer.status);
    } catch {
      say(note.dataset.offline);
      tryAgain();
    } finally {
      isBusy = false;
    }
  }

  function arrived(sent, said) {
    onServer = sent;
    wait = PAUSE;
    form.elements.seen.value = said.seen;
    if (form.getAttribute("action") !== said.action) {
      form.action = said.action;
      history.replaceState(history.state, "", said.action);
    }
    saved(sent, said.key);
    say(said.said);
    if (words() !== sent) later(PAUSE);
  }

  function refused(status) {
    isOver = status === 401 || status === 404;
    say({ 401: note.dataset.ended, 404: note.dataset.gone }[status] ?? note.dataset.failed);
    if (!isOver) tryAgain();
  }

  function tryAgain() {
    wait = Math.min(wait * 2, LONGEST_WAIT);
    later(wait);
  }

  /** The same words again are not announced again. */
  function say(text) {
    if (note.textContent !== text) note.textContent = text;
  }
}
