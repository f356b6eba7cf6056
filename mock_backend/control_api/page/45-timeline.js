// The timeline: one axis for all rows, with now on it.

const SPANS = [10, 20, 30, 60, 120, 300, 600, 1200, 1800, 3600, 7200, 14400, 28800, 43200, 86400, 172800, 604800, 2592000].map((each) => each * 1000);
/** Where now is, as a fraction of the width. */
const NOW = 0.62;
let span = 30_000;
let axisKey = "";

/** Return the time that the axis covers: what active jobs need, or else the latest jobs that have run. */
function fittingSpan(time) {
  let needed = 0;
  for (const job of order_) {
    const status = statusAt(job, time);
    if (status === "queued" || status === "running") {
      needed = Math.max(needed, (time - job.queued) / NOW, job.ended === null ? 0 : (job.ended - time) / (1 - NOW));
    }
  }
  const latest = order_.filter((job) => job.queued !== null).slice(0, needed ? 2 : 5);
  for (const job of latest) {
    const ago = (time - job.queued) / NOW;
    if (ago < (needed ? 3 * needed : 1728e5)) needed = Math.max(needed, ago);
  }
  return SPANS.find((each) => each >= Math.max(needed, 19_000) * 1.08) ?? needed * 1.1;
}

function showAxis(time) {
  span = fittingSpan(time);
  const step = span / 5;
  const marks = [];
  for (const offset of [-2, -1, 1]) marks.push([NOW + (offset * step) / span, `${offset < 0 ? "−" : "+"}${duration(Math.abs(offset * step))}`]);
  const key = String(span);
  if (key === axisKey) return;
  axisKey = key;
  $("axis").replaceChildren(...[[NOW, "now"], ...marks].map(([place, text]) => {
    const mark = el("span", { class: text === "now" ? "now" : "" }, text);
    mark.style.left = `${100 * place}%`;
    return mark;
  }));
}

function drawTrack(track, job, status, time, covered) {
  const at = (instant) => NOW + (instant - time) / covered;
  const put = (part, kind, from, to) => {
    const [start, end] = [Math.max(at(from), -0.05), Math.min(at(to), 1.05)];
    part.hidden = job.queued === null || end <= start;
    if (part.hidden) return;
    part.className = kind;
    part.style.left = `${100 * start}%`;
    part.style.width = `${100 * (end - start)}%`;
  };
  const never = time + 10 * covered;
  const end = job.ended ?? never;
  const running = job.running ?? (job.ended === null || status === "canceled" || status === "created" ? end : job.ended);
  put(track.q, "q", job.queued, Math.min(running, Math.max(time, job.queued)));
  put(track.r, "r", running, Math.min(end, Math.max(time, running)));
  // What is planned: the rest of the queue or of the run, and the run that follows the queue.
  put(track.f, "f", Math.max(time, status === "queued" ? running : time), end);
  if (status !== "queued" && status !== "running") track.f.hidden = true;
  track.line.style.left = `${100 * NOW}%`;
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
