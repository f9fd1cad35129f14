// The start of a launch inside a frame: find out what the browser can remember here, then go on to the LMS.

import { put } from "./platform_storage.js";

const login = document.getElementById("login").dataset;

function keepsCookies() {
  const test = "lg_test=1; Path=/lti; Secure; SameSite=None; Partitioned";
  document.cookie = test;
  const kept = document.cookie.includes("lg_test=1");
  document.cookie = `${test}; Max-Age=0`;
  return kept;
}

async function isRemembered() {
  if (keepsCookies()) return true;
  if (!login.storageTarget) return false;
  const storage = { target: login.storageTarget, origin: login.storageOrigin };
  return put(storage, login.storageKey, login.storageValue);
}

if (await isRemembered()) {
  window.location.replace(login.address);
} else {
  document.getElementById("login").hidden = true;
  const fallback = document.getElementById("new-window");
  fallback.hidden = false;
  fallback.querySelector("button").focus();
}
