/** The sibling frame `post_message_forwarding`, to which Canvas sends a tool's storage messages. */

import { answerStorage } from "./platform_storage.js";

window.addEventListener("message", answerStorage);
