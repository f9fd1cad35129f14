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
