// What all parts of the page share: elements, requests, the clock.

const $ = (id) => document.getElementById(id);

/** Return a new element: its attributes, then its children (elements or texts). */
function el(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name === "class") made.className = value;
    else if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else if (value !== null && value !== undefined && value !== false) made.setAttribute(name, value === true ? "" : value);
  }
  made.append(...children.filter((each) => each !== null && each !== undefined));
  return made;
}

// The secret is in the fragment of the address, which no browser sends anywhere.
const fragment = new URLSearchParams(location.hash.slice(1));
if (fragment.has("secret")) {
  sessionStorage.setItem("secret", fragment.get("secret"));
  history.replaceState(null, "", location.pathname);
}

/** Send a request to the control API; a failure is told, and thrown. */
async function control(method, path, body, options = {}) {
  const secret = sessionStorage.getItem("secret");
  const headers = { ...(secret ? { Authorization: `Bearer ${secret}` } : {}), ...(body ? { "Content-Type": "application/json" } : {}) };
  const answer = await fetch(`/mock${path}`, { method, headers, body: body && JSON.stringify(body), cache: "no-store", ...options });
  if (answer.status === 401) {
    $("locked").hidden = false;
    $("main").hidden = true;
    throw new Error("This back-end asks for a secret.");
  }
  if (!answer.ok) {
    const told = await answer.json().catch(() => ({ message: `${answer.status} ${answer.statusText}` }));
    throw new Error(told.message);
  }
  return answer;
}

const asked = async (path) => (await control("GET", path)).json();

/** Give an order, and tell what went wrong if something does. */
async function order(method, path, body, done) {
  try {
    const answer = await (await control(method, path, body)).json();
    if (done) toast(done);
    return answer;
  } catch (error) {
    toast(error.message);
    return null;
  }
}

let fading;
function toast(text) {
  $("toast").textContent = text;
  $("toast").classList.add("shown");
  clearTimeout(fading);
  fading = setTimeout(() => $("toast").classList.remove("shown"), 3500);
}

async function copy(text, what) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    // Only secure contexts have a clipboard, and this may be a host in a container.
    const field = el("textarea", { "aria-hidden": "true" });
    field.value = text;
    document.body.append(field);
    field.select();
    document.execCommand("copy");
    field.remove();
  }
  toast(`Copied ${what}.`);
}

/** What the back-end is; filled when the page opens. */
const about = { users: [], urls: {}, routes: [], job_orders: [] };

/** The back-end's clock: a reading, when it was taken, and how fast it runs. */
const clock = { shown: 0, taken: 0, rate: 0 };
const now = () => clock.shown + (performance.now() - clock.taken) * clock.rate;

const UNITS = [["d", 864e5], ["h", 36e5], ["min", 6e4], ["s", 1e3]];

/** Return a duration in milliseconds as people say it: its two largest units. */
function duration(time) {
  if (time < 950) return "now";
  const parts = [];
  let rest = Math.round(time / 1000) * 1000;
  for (const [unit, length] of UNITS) {
    const count = Math.floor(rest / length);
    if (count || parts.length) parts.push(`${count} ${unit}`);
    rest -= count * length;
    if (parts.length === 2) break;
  }
  return parts.filter((part) => !part.startsWith("0 ")).join(" ");
}

const twoDigits = (number) => String(number).padStart(2, "0");
function timeOf(instant) {
  const date = new Date(instant);
  return [date.getUTCHours(), date.getUTCMinutes(), date.getUTCSeconds()].map(twoDigits).join(":");
}
