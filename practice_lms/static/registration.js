/** Go back to the list once the tool in the frame says that its registration is done. */

window.addEventListener("message", (event) => {
  const subject = typeof event.data === "object" ? event.data?.subject : undefined;
  if (subject !== "org.imsglobal.lti.close") return;
  window.location.assign(document.querySelector("#back-to-tools").href);
});
