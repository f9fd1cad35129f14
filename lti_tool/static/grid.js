/**
 * The grid by keyboard, and rows that are saved as soon as one leaves them. Without this, each cell is a choice and
 * each row has its button.
 */
const UNDO_FOR = 10_000;
const LETTERS = { i: "introduces", d: "develops", s: "demonstrates" };
const STEPS = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };
const table = document.querySelector("table.grid");
const said = document.querySelector(".grid-said");

if (table) {
  rove(table.querySelector(".grid-cell"));
  table.addEventListener("focusin", (event) => event.target.matches(".grid-cell") && rove(event.target));
  table.addEventListener("keydown", onKey);
  table.addEventListener("input", (event) => markChanged(event.target.closest(".grid-row")));
  table.addEventListener("focusout", (event) => leave(event.target.closest(".grid-row"), event.relatedTarget));
  table.addEventListener("submit", onSubmit);
  window.addEventListener("beforeunload", (event) => {
    if (table.querySelector(".is-changed, .is-refused")) event.preventDefault();
  });
}

/** One cell is reached by Tab; the arrows reach the others. */
function rove(cell) {
  for (const each of table.querySelectorAll(".grid-cell")) each.tabIndex = each === cell ? 0 : -1;
}

function onKey(event) {
  const cell = event.target;
  if (!cell.matches(".grid-cell") || event.altKey || event.ctrlKey || event.metaKey) return;
  if (event.key in STEPS) step(cell, ...STEPS[event.key]);
  else if (event.key === " ") set(cell, cell.value ? "" : cell.dataset.last || "develops");
  else if (event.key.toLowerCase() in LETTERS) set(cell, LETTERS[event.key.toLowerCase()]);
  else if (event.key === "Delete" || event.key === "Backspace") set(cell, "");
  else return;
  event.preventDefault();
}

function step(cell, down, right) {
  const rows = [...table.querySelectorAll(".grid-row")].map((row) => [...row.querySelectorAll(".grid-cell")]);
  const row = rows.findIndex((cells) => cells.includes(cell));
  rows[row + down]?.[rows[row].indexOf(cell) + right]?.focus();
}

function set(cell, value) {
  if (cell.value === value) return;
  if (cell.value) cell.dataset.last = cell.value;
  cell.value = value;
  cell.dispatchEvent(new Event("input", { bubbles: true }));
}

function markChanged(row) {
  row.classList.add("is-changed");
  for (const cell of row.querySelectorAll(".grid-cell")) cell.classList.toggle("is-set", cell.value !== "");
}

function leave(row, next) {
  if (row?.classList.contains("is-changed") && !row.contains(next)) save(row, row.querySelector("form"), said.dataset.saved);
}

function onSubmit(event) {
  const row = event.target.closest(".grid-row");
  event.preventDefault();
  save(row, event.target, event.target.matches(".grid-undo") ? said.dataset.undone : said.dataset.saved);
}

/** Sends the row alone and puts what comes back in its place, with the focus where it was. */
async function save(row, form, words) {
  if (row.dataset.sending) return;
  row.dataset.sending = "yes";
  row.classList.remove("is-changed");
  const body = new FormData(form);
  body.set("alone", "yes");
  let fresh;
  try {
    const answer = await fetch(form.action, { method: "POST", body: new URLSearchParams(body), keepalive: true });
    if (![200, 409, 422].includes(answer.status)) throw new Error(String(answer.status));
    fresh = take(row, await answer.text(), answer.ok);
    tell(answer.ok ? words : said.dataset.refused, fresh, !answer.ok);
  } catch {
    row.classList.add("is-changed");
    tell(said.dataset.lost, row, true);
  } finally {
    delete row.dataset.sending;
  }
  if (fresh === row) leave(row, document.activeElement); // something was typed while it was on its way
}

/** What was typed while the row was on its way stays; it is sent with the version that is saved now. */
function take(row, html, isSaved) {
  const holder = document.createElement("table");
  holder.innerHTML = html;
  const fresh = holder.querySelector(".grid-row");
  fresh.classList.toggle("is-refused", !isSaved);
  if (!row.classList.contains("is-changed") || !isSaved) return put(row, fresh);
  row.querySelector("[name=version]").value = fresh.querySelector("[name=version]").value;
  return row;
}

function put(row, fresh) {
  const focused = row.contains(document.activeElement) ? document.activeElement : null;
  row.replaceWith(fresh);
  const again = focused && fresh.querySelector(focused.name ? `[name="${focused.name}"]` : ".grid-cell");
  rove(table.querySelector(".grid-cell:focus") ?? again?.closest(".grid-cell") ?? fresh.querySelector(".grid-cell"));
  again?.focus();
  const undo = fresh.querySelector(".grid-undo");
  if (undo) setTimeout(() => undo.remove(), UNDO_FOR);
  return fresh;
}

function tell(words, row, isRefused) {
  said.classList.toggle("is-refused", isRefused);
  said.textContent = `${words} ${row.dataset.title}`;
}
