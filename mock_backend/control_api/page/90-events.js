// The stream of events: what has changed, told as it does.

let ready = false;
const LISTENERS = {
  clock: onClock, jobs: onJobs, gone: onGone, requests: onRequests, cleared: onCleared, orders: onOrders,
  ready: () => { ready = true; arrange(); },
};

/** Follow the stream until it ends. Not an EventSource, which cannot send the secret. */
async function follow() {
  const answer = await control("GET", "/events");
  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
  jobs.clear();
  requests.clear();
  $("lost").hidden = true;
  let text = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    text += value;
    const events = text.split("\n\n");
    text = events.pop();
    for (const event of events) {
      const match = /^event: (\w+)\ndata: (.*)$/s.exec(event);
      if (match) LISTENERS[match[1]]?.(JSON.parse(match[2]));
    }
  }
}

async function open() {
  Object.assign(about, await asked("/"));
  $("locked").hidden = true;
  $("main").hidden = false;
  document.title = about.title;
  $("title").textContent = about.title;
  $("version").textContent = `Version ${about.version}, API ${Object.values(about.urls).join(" and ")}`;
  $("profile").textContent = `like ${about.profile}`;
  showConnect();
  showFaults();
}

async function run() {
  for (;;) {
    try {
      await Promise.all([open(), follow()]);
    } catch {
      if (!$("locked").hidden) return;
    }
    $("lost").hidden = false;
    await new Promise((resolve) => setTimeout(resolve, 1000));
  }
}

$("locked").addEventListener("submit", (event) => {
  event.preventDefault();
  sessionStorage.setItem("secret", $("secret").value);
  run();
});
if (location.pathname !== "/") {
  $("missing").hidden = false;
  $("missing").querySelector("code").textContent = location.pathname;
}
run();
