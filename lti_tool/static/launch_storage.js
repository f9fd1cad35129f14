// The end of a launch without cookies: fetch from platform storage what shows that this is the browser of the login.

import { get } from "./platform_storage.js";

const form = document.getElementById("storage");
const storage = { target: form.dataset.storageTarget, origin: form.dataset.storageOrigin };
form.elements.storage_value.value = await get(storage, form.dataset.storageKey);
form.submit();
