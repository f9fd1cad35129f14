/** What a Canvas page does for the tool in its frame (doc/api/lti_window_post_message.md). */

import { answerStorage, respond } from "./platform_storage.js";

const FORWARDED = [
  { subject: "lti.put_data", frame: "post_message_forwarding" },
  { subject: "lti.get_data", frame: "post_message_forwarding" },
];
const storage = document.documentElement.dataset.platformStorage;
const frame = document.querySelector(".tool-frame");

const answers = {
  "lti.capabilities": (event) => {
    const supported_messages = [{ subject: "lti.capabilities" }, { subject: "lti.frameResize" }];
    respond(event, { supported_messages: storage === "on" ? [...supported_messages, ...FORWARDED] : supported_messages });
  },
  "lti.frameResize": (event) => {
    const height = Number.parseInt(event.data.height, 10);
    if (height > 0) frame.style.height = `${height}px`;
  },
};

window.addEventListener("message", (event) => {
  const fromTool = event.source === frame?.contentWindow;
  if (!fromTool || storage === "silent") return;
  answers[event.data?.subject]?.(event);
  if (storage === "on") answerStorage(event);
});
