// The timeline: one axis for all rows, with now on it.

const SPANS = [10, 20, 30, 60, 120, 300, 600, 1200, 1800, 3600, 7200, 14400, 28800, 43200, 86400, 172800, 604800, 2592000].map((each) => each * 1000);
/** Where now is, as a fraction of the width. */
let place = 0.6;
let span = 30_000;
let axisKey = "";

/** Choose the time that the axis covers: what active jobs need, or else the latest jobs that have run. */
function fitAxis(time) {
  let [past, future] = [0, 0];
  for (const job of order_) {
    const status = statusAt(job, time);
    if (status !== "queued" && status !== "running") continue;
    past = Math.max(past, time - job.queued);
    if (job.ended !== null) future = Math.max(future, job.ended - time);
  }
  const active = past + future;
  for (const job of order_.filter((each) => each.queued !== null).slice(0, active ? 3 : 6)) {
    const ago = time - job.queued;
    if (ago < (active ? 2 * active : 1728e5)) past = Math.max(past, ago);
  }
  past = Math.max(past, 8_000);
  future = Math.max(future, past / 4, 4_000);
  // In steps, so that the axis does not creep.
  place = Math.min(Math.max(Math.round((10 * past) / (past + future)) / 10, 0.2), 0.8);
  const needed = 1.06 * Math.max(past / place, future / (1 - place));
  span = SPANS.find((each) => each >= needed) ?? needed;
}

function showAxis(time) {
  fitAxis(time);
  const step = SPANS.find((each) => each >= span / 5) ?? span / 5;
  const marks = [[place, "now"]];
  for (let offset = step; offset < span; offset += step) {
    for (const [at, sign] of [[place - offset / span, "−"], [place + offset / span, "+"]]) {
      if (at > 0.08 && at < 0.92) marks.push([at, sign + duration(offset)]);
    }
  }
  const key = `${span} ${place}`;
  if (key === axisKey) return;
  axisKey = key;
  $("axis").replaceChildren(...marks.map(([at, text]) => {
    const mark = el("span", { class: text === "now" ? "now" : "" }, text);
    mark.style.left = `${100 * at}%`;
    return mark;
  }));
}

function drawTrack(track, job, status, time, covered) {
  const at = (instant) => place + (instant - time) / covered;
  const put = (part, from, to) => {
    const [start, end] = [Math.max(at(from), -0.05), Math.min(at(to), 1.05)];
    part.hidden = job.queued === null || end <= start;
    part.style.left = `${100 * start}%`;
    part.style.width = `${100 * (end - start)}%`;
  };
  const end = job.ended ?? time + 10 * covered;
  const running = job.running ?? (job.ended === null ? end : job.ended);
  const goes = status === "queued" || status === "running";
  put(track.q, job.queued, Math.min(running, Math.max(time, job.queued)));
  put(track.r, running, Math.min(end, Math.max(time, running)));
  // What is planned: the rest of the queue, and of the run.
  put(track.later, time, running);
  put(track.f, Math.max(time, running), end);
  if (!goes) track.later.hidden = track.f.hidden = true;
  track.line.style.left = `${100 * place}%`;
}

/** Show everything that time changes. */
function tick() {
  if (!clock.taken) return;
  const time = now();
  showClock();
  showAxis(time);
  for (const job of order_) rows.get(job.number)?.show(time, span);
}
setInterval(tick, 200);
// Counts and filters by status follow time, too.
setInterval(() => jobs.size && !document.hidden && arrange(), 1000);
