/** The card on the page of declaring follows what is typed; without this, a button shows it. */
const form = document.getElementById("card-form");
const preview = document.getElementById("preview");
const list = preview.querySelector(".goal-card-words");

function line(name) {
  const entry = document.createElement("div");
  const term = document.createElement("dt");
  const words = document.createElement("dd");
  term.textContent = preview.dataset[name];
  words.textContent = form.elements[name].value.trim();
  entry.append(term, words);
  return words.textContent ? [entry] : [];
}

form.addEventListener("input", () => {
  list.replaceChildren(...["next_step", "offer", "wish"].flatMap(line));
});
