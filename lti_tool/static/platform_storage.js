// Platform storage: the LMS keeps a value for a frame whose cookies the browser drops (LTI postMessage storage 0.1).

const PATIENCE = 60000; // an LMS that answers late is still believed
const AGAIN = 200; // the LMS's own frame may still be loading when the first message comes, and would never hear it

function frameOf(target) {
  const above = window.parent === window ? window.opener : window.parent;
  if (!above) return null;
  if (!target || target === "_parent") return above;
  try {
    return above.frames[target] || above;
  } catch {
    return above;
  }
}

function ask(storage, message) {
  const id = crypto.randomUUID();
  const send = () => frameOf(storage.target).postMessage({ ...message, message_id: id }, storage.origin);
  return new Promise((resolve) => {
    if (!frameOf(storage.target)) return resolve(null);
    const done = (answer) => {
      clearInterval(sending);
      clearTimeout(timer);
      window.removeEventListener("message", listen);
      resolve(answer);
    };
    const listen = (event) => {
      const told = event.data;
      if (event.origin !== storage.origin || typeof told !== "object" || told === null) return;
      if (told.message_id !== id || told.subject !== `${message.subject}.response`) return;
      done(told.error ? null : told);
    };
    const timer = setTimeout(() => done(null), PATIENCE);
    const sending = setInterval(send, AGAIN);
    window.addEventListener("message", listen);
    send();
  });
}

export async function put(storage, key, value) {
  const answer = await ask(storage, { subject: "lti.put_data", key, value });
  return answer !== null && answer.value === value;
}

export async function get(storage, key) {
  const answer = await ask(storage, { subject: "lti.get_data", key });
  return answer !== null && typeof answer.value === "string" ? answer.value : "";
}
