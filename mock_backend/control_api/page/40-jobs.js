// The jobs: a row for each, whose state follows from its times and the clock.

const STATUSES = ["created", "queued", "running", "finished", "error", "canceled"];
const jobs = new Map();
const rows = new Map();
let shownStatus = "";
let visible = 40;
let order_ = [];

function onJobs(list) {
  for (const job of list) {
    for (const name of ["created", "queued", "running", "ended"]) job[name] = job[name] && Date.parse(job[name]);
    job.text = `${job.title ?? ""} ${job.id} ${job.owner}`.toLowerCase();
    jobs.set(job.number, job);
    rows.get(job.number)?.detail?.stale();
  }
  arrangeSoon();
}

function onGone(numbers) {
  numbers.forEach((number) => jobs.delete(number));
  arrangeSoon();
}

/** Return the status at an instant; what does not follow from time is as the back-end has told it. */
function statusAt(job, time) {
  if (job.queued === null || job.status === "created" || job.status === "canceled") return job.status;
  if (job.ended !== null && time >= job.ended) return job.outcome;
  if (job.running !== null && time >= job.running) return "running";
  return job.running === null ? job.status : "queued";
}

function progressAt(job, status, time) {
  if (status === "running" && job.ended > job.running) return (job.final * (time - job.running)) / (job.ended - job.running);
  return status === "running" ? job.progress : status === "finished" ? 100 : status === "error" || status === "canceled" ? job.final ?? job.progress : 0;
}

let arranging = false;
function arrangeSoon() {
  if (arranging) return;
  arranging = true;
  requestAnimationFrame(() => { arranging = false; arrange(); });
}

/** Choose the jobs that are shown, newest first, and give each its row. */
function arrange() {
  const time = now();
  const words = $("job-filter").value.toLowerCase().split(/\s+/).filter(Boolean);
  const counts = Object.fromEntries(STATUSES.map((status) => [status, 0]));
  const chosenJobs = [];
  for (const job of jobs.values()) {
    const status = statusAt(job, time);
    counts[status] += 1;
    if ((!shownStatus || status === shownStatus) && words.every((word) => job.text.includes(word) || status === word)) chosenJobs.push(job);
  }
  chosenJobs.sort((a, b) => b.number - a.number);
  order_ = chosenJobs.slice(0, visible);
  const body = $("job-rows");
  const wanted = new Set(order_.map((job) => job.number));
  for (const [number, row] of rows) {
    if (!wanted.has(number)) { row.remove(); rows.delete(number); }
  }
  let place = body.firstElementChild;
  for (const job of order_) {
    const row = rows.get(job.number) ?? makeRow(job);
    for (const part of row.parts()) {
      if (part === place) place = place.nextElementSibling;
      else body.insertBefore(part, place);
    }
  }
  showCounts(counts);
  $("job-table").hidden = jobs.size === 0;
  $("no-jobs").hidden = jobs.size > 0 || !ready;
  $("sample-again").hidden = jobs.size === 0;
  $("more").hidden = chosenJobs.length <= visible;
  $("job-note").textContent = chosenJobs.length > visible ? `The latest ${visible} of ${chosenJobs.length.toLocaleString("en")}.`
    : jobs.size && !chosenJobs.length ? "No job is like that." : "";
  tick();
}

function showCounts(counts) {
  const buttons = STATUSES.filter((status) => counts[status] || status === shownStatus).map((status) => {
    const known = $("counts").querySelector(`[data-status="${status}"]`) ?? el("button", {
      type: "button", class: `pill ${status}`, "data-status": status,
      onclick: () => { shownStatus = shownStatus === status ? "" : status; arrange(); },
    });
    known.textContent = `${counts[status].toLocaleString("en")} ${status}`;
    known.setAttribute("aria-pressed", String(status === shownStatus));
    return known;
  });
  // Not replaced where nothing is new, or the focus would be lost.
  if (buttons.some((each, place) => each !== $("counts").children[place]) || buttons.length !== $("counts").children.length) $("counts").replaceChildren(...buttons);
}

function makeRow(job) {
  const name = el("span", { class: "title" });
  const id = el("span", { class: "id" });
  const open = el("button", { type: "button", class: "name", "aria-expanded": "false", onclick: () => row.toggle() }, el("span", {}, name, id));
  const pill = el("span", { class: "pill" });
  const bar = el("i");
  const state = el("div", { class: "state" }, pill, el("div", { class: "meter", "aria-hidden": "true" }, bar));
  const left = el("td", { class: "num left quiet" });
  const track = { q: el("i", { class: "q" }), r: el("i", { class: "r" }), later: el("i", { class: "q f" }), f: el("i", { class: "f" }), line: el("b") };
  const line = el("div", { class: "track", "aria-hidden": "true" }, ...Object.values(track));
  const tr = el("tr", { class: "fresh" }, el("td", {}, open), el("td", {}, state), left, el("td", { class: "line" }, line));
  const row = {
    detail: null,
    parts: () => (row.detail ? [tr, row.detail.element] : [tr]),
    remove: () => row.parts().forEach((part) => part.remove()),
    toggle() {
      if (row.detail) row.detail.element.remove();
      row.detail = row.detail ? null : makeDetail(jobs.get(job.number));
      if (row.detail) tr.after(row.detail.element);
      open.setAttribute("aria-expanded", String(Boolean(row.detail)));
    },
    show(time, span) {
      const known = jobs.get(job.number);
      const status = statusAt(known, time);
      const progress = Math.floor(progressAt(known, status, time));
      name.textContent = known.title ?? known.id;
      id.textContent = known.title ? `${known.owner} · ${known.id}` : known.owner;
      tr.className = `${tr.classList.contains("fresh") ? "fresh " : ""}${status}`;
      pill.className = `pill ${status}`;
      pill.textContent = status === "running" || status === "error" ? `${status} ${progress} %` : status;
      bar.style.transform = `scaleX(${progress / 100})`;
      const goes = (status === "queued" || status === "running") && known.ended !== null;
      left.textContent = goes ? duration(known.ended - time) : status === "queued" || status === "running" ? "no end" : "";
      row.detail?.at(status);
      drawTrack(track, known, status, time, span);
    },
  };
  rows.set(job.number, row);
  return row;
}

$("job-filter").addEventListener("input", () => { visible = 40; arrange(); });
$("more").addEventListener("click", () => { visible += 200; arrange(); });

async function runSample(event) {
  event.target.disabled = true;
  try {
    await runSampleJob();
  } catch (error) {
    toast(error.message);
  }
  event.target.disabled = false;
}

/** Do what a client does: log in, create a job, start it. */
async function runSampleJob() {
  const url = Object.keys(about.urls)[0];
  const base = new URL(url).pathname.replace(/\/$/, "");
  const user = about.users.find((each) => each.password !== null);
  if (!user) throw new Error("No account has a password.");
  const ask = async (method, path, headers, body) => {
    const answer = await fetch(base + path, { method, headers: { Accept: "application/json", ...headers }, body: body && JSON.stringify(body) });
    if (!answer.ok) throw new Error((await answer.json()).message);
    return answer;
  };
  const login = btoa(String.fromCharCode(...new TextEncoder().encode(`${user.user_id}:${user.password}`)));
  const { access_token: token } = await (await ask("GET", "/credentials/basic", { Authorization: `Basic ${login}` })).json();
  const headers = { Authorization: `Bearer ${token.startsWith("ey") || token.startsWith("basic//") ? token : `basic//${token}`}` };
  const made = await ask("POST", "/jobs", { ...headers, "Content-Type": "application/json" }, about.sample);
  await ask("POST", `/jobs/${encodeURIComponent(made.headers.get("OpenEO-Identifier"))}/results`, headers);
}
for (const id of ["sample", "sample-again"]) $(id).addEventListener("click", runSample);
