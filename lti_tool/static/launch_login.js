// The start of a launch inside a frame: find out what the browser can remember here, then go on to the LMS.

import { put } from "./platform_storage.js";

const SOON = 5000; // then a window is offered, and an answer of a slow LMS still goes on here
const login = document.getElementById("login").dataset;
const fallback = document.getElementById("new-window");
let opened = false;
fallback.addEventListener("submit", () => { opened = true; });

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

function offerWindow() {
  document.getElementById("login").hidden = true;
  fallback.hidden = false;
  fallback.querySelector("button").focus();
}

const offering = setTimeout(offerWindow, SOON);
const remembered = await isRemembered();
clearTimeout(offering);
if (!remembered && fallback.hidden) offerWindow();
if (remembered && !opened) window.location.replace(login.address);
