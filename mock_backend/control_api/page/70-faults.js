// Orders: what goes wrong next, tokens that expire, and back to the start.

const KINDS = {
  "503 Service unavailable": { kind: "error", status: 503 },
  "500 Internal error": { kind: "error", status: 500 },
  "429 Too many requests": { kind: "error", status: 429, retry_after: 5 },
  "403 Token invalid": { kind: "error", code: "TokenInvalid" },
  "404 Not found": { kind: "error", status: 404 },
  "a lost connection": { kind: "disconnect" },
  "an answer 5 s late": { kind: "delay", by: "5s" },
  "half of an answer": { kind: "truncate" },
};

function showFaults() {
  const running = String(about.capacity ?? "");
  if (![...$("capacity").options].some((each) => each.value === running)) $("capacity").append(el("option", {}, running));
  $("capacity").value = running;
  const known = new Set(about.routes);
  const likely = ["GET /jobs/{job_id}", "POST /jobs", "POST /jobs/{job_id}/results", "GET /jobs/{job_id}/results", "GET /jobs", "POST /result"];
  const others = about.routes.filter((route) => !likely.includes(route));
  $("route").replaceChildren(
    el("option", { value: "* *" }, "anything"),
    ...likely.filter((route) => known.has(route)).map((route) => el("option", { value: route }, route)),
    el("optgroup", { label: "all others" }, ...others.map((route) => el("option", { value: route }, route))));
  $("scenario").replaceChildren(...about.scenarios.map((name) => el("option", {}, name)));
  $("kind").replaceChildren(...Object.keys(KINDS).map((name) => el("option", {}, name)));
}

$("order").addEventListener("submit", (event) => {
  event.preventDefault();
  const times = Number($("times").value);
  order("POST", "/inject", { ...KINDS[$("kind").value], route: $("route").value, times }, "Ordered.");
});

$("play").addEventListener("submit", async (event) => {
  event.preventDefault();
  const told = await order("POST", "/scenario", { name: $("scenario").value });
  if (told) toast(told.description || `${told.name} begins.`);
});

function onOrders(list) {
  $("orders").replaceChildren(...list.map((each) => el("li", { class: each.kind },
    el("span", {}, each.text),
    el("button", { type: "button", onclick: () => order("DELETE", `/orders/${each.id}`) }, "Remove", el("span", { class: "hidden" }, ` ${each.text}`)))));
}

$("capacity").addEventListener("change", (event) => {
  const running = event.target.value ? Number(event.target.value) : null;
  order("POST", "/set_capacity", { running }, running ? `At most ${running} at once; the others wait.` : "Any number of jobs runs at once.");
});

$("expire").addEventListener("click", async () => {
  const done = await Promise.all([order("POST", "/users/expire_tokens", {}), order("POST", "/oidc/expire_tokens", {})]);
  if (done) toast("All access tokens have expired.");
});

// Asked twice, in place of a dialog that would stop everything.
let calming;
$("reset").addEventListener("click", async () => {
  const button = $("reset");
  if (!button.classList.contains("sure")) {
    button.classList.add("sure");
    button.textContent = "Forget all jobs, sure?";
    calming = setTimeout(calm, 4000);
    return;
  }
  calm();
  await order("POST", "/reset", {}, "Everything is as it was at the start.");
});
function calm() {
  clearTimeout(calming);
  $("reset").classList.remove("sure");
  $("reset").textContent = "Reset";
}
