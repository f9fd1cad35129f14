// Platform storage: the LMS keeps a value for a frame whose cookies the browser drops (LTI postMessage storage 0.1).

const PATIENCE = 2000;

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
  const frame = frameOf(storage.target);
  const id = crypto.randomUUID();
  return new Promise((resolve) => {
    if (!frame) return resolve(null);
    const done = (answer) => {
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
    window.addEventListener("message", listen);
    frame.postMessage({ ...message, message_id: id }, storage.origin);
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
