// The clock: what it shows, how fast it runs, and how it is moved.

const SPEEDS = [0, 1, 10, 60, 600, 3600];

function showSpeeds() {
  const speeds = [...new Set([...SPEEDS, clock.rate])].sort((a, b) => a - b);
  $("speed").replaceChildren(
    ...speeds.map((rate) => {
      const name = rate === 0 ? "stands still" : rate === 1 ? "real time" : `× ${rate.toLocaleString("en")}`;
      return el("option", { value: rate, selected: rate === clock.rate }, name);
    }),
  );
  $("pause").textContent = clock.rate === 0 ? "Run" : "Pause";
  $("pause").setAttribute("aria-pressed", String(clock.rate === 0));
}

let lastRate = 1;
function onClock(told) {
  const changed = clock.rate !== told.rate || !$("speed").options.length;
  Object.assign(clock, { shown: Date.parse(told.now), taken: performance.now(), rate: told.rate });
  if (clock.rate) lastRate = clock.rate;
  if (changed) showSpeeds();
  tick();
}

function showClock() {
  const instant = now();
  $("time").textContent = timeOf(instant);
  $("date").textContent = new Date(instant).toLocaleDateString("en", { dateStyle: "medium", timeZone: "UTC" }) + " UTC";
}

const setRate = (rate) => order("PATCH", "/clock", { rate }).then((told) => told && onClock(told));
$("pause").addEventListener("click", () => setRate(clock.rate === 0 ? lastRate : 0));
$("speed").addEventListener("change", (event) => setRate(Number(event.target.value)));
for (const button of document.querySelectorAll("[data-advance]")) {
  button.addEventListener("click", async () => {
    await order("POST", "/clock/advance", { duration: button.dataset.advance });
    onClock(await asked("/clock"));
  });
}
$("next").addEventListener("click", async () => {
  const told = await order("POST", "/clock/next", {});
  if (!told) return;
  onClock(told);
  toast(told.moved ? `It is ${timeOf(now())}: something has changed.` : "No job is going to change by itself.");
});
