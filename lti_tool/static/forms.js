/**
 * Forms that cannot be sent twice by an impatient second click, and that lead to what is to be corrected.
 * A page that comes back from the browser's history has its buttons working again.
 */
document.addEventListener("submit", (event) => {
  if (event.defaultPrevented) return;
  const form = event.target;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "yes";
  setTimeout(() => delete form.dataset.sent, 10_000); // the answer did not come: trying again is right
});

window.addEventListener("pageshow", () => {
  for (const form of document.forms) delete form.dataset.sent;
  const wrong = document.querySelector(".field-wrong");
  wrong?.scrollIntoView({ block: "start" });
  wrong?.querySelector("input:not([type=hidden]), select, textarea")?.focus({ preventScroll: true });
});
