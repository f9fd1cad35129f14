/** LTI platform storage (lti-pm-s 0.1), answered as Canvas does: per tool origin, short texts, no promises. */

const SUBJECTS = ["lti.put_data", "lti.get_data"];
const LONGEST_VALUE = 4096;

const slot = (origin, key) => `practice-lms ${origin} ${key}`;
const refusal = (code, message) => ({ error: { code, message } });

function put(origin, { key, value }) {
  if (value === null || value === undefined) {
    localStorage.removeItem(slot(origin, key));
    return { key, value: null };
  }
  if (String(value).length > LONGEST_VALUE) {
    return refusal("storage_exhaustion", `A value has at most ${LONGEST_VALUE} characters.`);
  }
  try {
    localStorage.setItem(slot(origin, key), String(value));
  } catch {
    return refusal("storage_exhaustion", "There is no room left.");
  }
  return { key, value };
}

function get(origin, { key }) {
  return { key, value: localStorage.getItem(slot(origin, key)) };
}

/** Send the response to a message back to the window and origin that it came from. */
export function respond(event, body) {
  const { subject, message_id } = event.data;
  event.source.postMessage({ subject: `${subject}.response`, message_id, ...body }, event.origin);
}

/** Answer `lti.put_data` and `lti.get_data`; leave every other message alone. */
export function answerStorage(event) {
  const message = event.data;
  if (!SUBJECTS.includes(message?.subject)) return;
  if (!message.key || !message.message_id) {
    respond(event, refusal("bad_request", "A key and a message_id are needed."));
    return;
  }
  respond(event, message.subject === "lti.put_data" ? put(event.origin, message) : get(event.origin, message));
}
