/** Finds indicators by a word; without this, the whole tree is there to open. */
for (const picker of document.querySelectorAll(".picker")) {
  const search = picker.querySelector(".picker-search");
  const found = picker.querySelector(".picker-found");
  const groups = [...picker.querySelectorAll(".picker-component, .picker-domain, .picker-framework")];
  const wasOpen = new Map(groups.map((group) => [group, group.open]));
  search.hidden = false;

  search.addEventListener("input", (event) => {
    const word = event.target.value.trim().toLowerCase();
    const items = [...picker.querySelectorAll(".picker-item")];
    for (const item of items) item.hidden = !textOf(item).includes(word);
    for (const group of groups) {
      group.hidden = !group.querySelector(".picker-item:not([hidden])");
      if ("open" in group) group.open = word ? true : wasOpen.get(group) || Boolean(group.querySelector(":checked"));
    }
    const count = items.filter((item) => !item.hidden).length;
    found.textContent = word ? `${found.dataset.found} ${count}` : "";
  });

  search.addEventListener("keydown", (event) => {
    if (event.key === "Enter") event.preventDefault();
  });
}

/** An indicator is found by its own words and by those of the heading above it. */
function textOf(item) {
  const heading = item.closest(".picker-component")?.querySelector(".picker-heading");
  return `${item.textContent} ${heading?.textContent ?? ""}`.toLowerCase();
}

/** In a large framework the server finds; what was chosen before stays. Without this, a button asks it. */
for (const finder of document.querySelectorAll(".picker-find")) {
  const field = finder.querySelector("input");
  const said = finder.querySelector(".picker-found-there");
  const results = finder.querySelector(".picker-results");
  let waiting = 0;

  field.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => find(field.value.trim()), 300);
  });

  async function find(word) {
    const answer = word ? await fetch(`${finder.dataset.find}?q=${encodeURIComponent(word)}`) : null;
    if (word !== field.value.trim() || (answer && !answer.ok)) return; // overtaken, or the button is still there
    const found = answer ? (await answer.json()).found : [];
    const shown = found.filter((each) => !isThere(each.id));
    results.replaceChildren(...[...results.children].filter((row) => row.querySelector(":checked")), ...shown.map(row));
    said.textContent = word ? `${said.dataset.found} ${found.length}` : "";
  }

  /** Whether an indicator can be chosen already, beyond the results that are about to go. */
  function isThere(id) {
    const box = document.getElementById(`${finder.dataset.name}-${id}`);
    return Boolean(box) && (box.checked || !results.contains(box));
  }

  function row({ id, code, statement, under, framework }) {
    const line = document.createElement("div");
    line.className = "form-check picker-item";
    const box = Object.assign(document.createElement("input"), {
      className: "form-check-input",
      type: "checkbox",
      name: finder.dataset.name,
      id: `${finder.dataset.name}-${id}`,
      value: id,
    });
    const label = document.createElement("label");
    label.className = "form-check-label";
    label.htmlFor = box.id;
    const mark = Object.assign(document.createElement("span"), { className: "code", textContent: code });
    const where = [under, framework].filter(Boolean).join(" · ");
    label.append(mark, ` ${statement} `, Object.assign(document.createElement("span"), { className: "quiet", textContent: where }));
    line.append(box, label);
    return line;
  }
}
