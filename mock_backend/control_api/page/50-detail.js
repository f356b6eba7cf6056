// What a row opens: the graph, the log, the result, and what can be done to the job.

const MOVES = {
  finish: ["Finish", (id) => order("POST", `/jobs/${id}/finish`, {}, "Finished.")],
  fail: ["Fail", (id) => order("POST", `/jobs/${id}/fail`, { error: "It was failed on the page." }, "Failed.")],
  replan: ["Hold", (id) => order("POST", `/jobs/${id}/replan`, { plan: { running: null } }, "Held: it will not end by itself.")],
};

function makeDetail(job) {
  const path = encodeURIComponent(job.id);
  const graph = el("div", { class: "graph", tabindex: 0, role: "img", "aria-label": "The process graph" });
  const log = el("ul", { class: "log", tabindex: 0, "aria-label": "Log" });
  const files = el("div", { class: "result-files" }, el("p", { class: "quiet" }, "None yet."));
  const moves = about.job_orders.filter((name) => MOVES[name]).map((name) =>
    el("button", { type: "button", "data-move": name, onclick: () => MOVES[name][1](path) }, MOVES[name][0]));
  const tools = el("div", { class: "tools" }, ...moves,
    el("code", {}, job.id),
    el("button", { type: "button", class: "ghost", onclick: () => copy(job.id, "the id") }, "Copy id"));
  const element = el("tr", { class: "detail" }, el("td", { colspan: 4 },
    tools,
    graph,
    el("div", { class: "parts" },
      el("div", {}, el("h3", {}, "Result"), files),
      el("div", {}, el("h3", {}, "Log"), log))));
  const detail = {
    element,
    status: "",
    at(status) {
      if (status === detail.status) return;
      detail.status = status;
      for (const button of moves) button.disabled = status !== "queued" && status !== "running";
      detail.stale();
    },
    async stale() {
      try {
        const [whole, lines] = await Promise.all([asked(`/jobs/${path}`), asked(`/jobs/${path}/logs`)]);
        drawGraph(graph, whole.process.process_graph);
        log.replaceChildren(...lines.map((line) => el("li", { class: line.level }, `${timeOf(Date.parse(line.time))} ${line.level.padEnd(7)} ${line.message}`)));
        if (!lines.length) log.append(el("li", {}, "Nothing was logged."));
        // Not the status of the row: what the page knows of the plan can be older than the clock.
        await showResult(files, job, whole.status);
      } catch (error) {
        log.replaceChildren(el("li", { class: "error" }, error.message));
      }
    },
  };
  return detail;
}

async function showResult(files, job, status) {
  if (status !== "finished") {
    files.replaceChildren(el("p", { class: "quiet" }, "None yet."));
    return;
  }
  const path = encodeURIComponent(job.id);
  if (!files.querySelector("ul")) files.replaceChildren(el("p", { class: "quiet" }, "Looking…"));
  const found = await asked(`/jobs/${path}/files`);
  const list = el("ul", {}, ...found.map((file) => el("li", {}, file.url ? el("a", { href: file.url, download: file.name }, file.name) : file.name, el("span", { class: "quiet" }, ` ${sizeOf(file.size)}`))));
  const before = files.querySelector("img");
  files.replaceChildren(...(before ? [before] : []), list);
  if (before) return;
  const picture = await control("GET", `/jobs/${path}/thumbnail`).catch(() => null);
  if (picture?.status === 200) files.prepend(el("img", { alt: "What the job has computed", src: URL.createObjectURL(await picture.blob()) }));
}

function sizeOf(bytes) {
  if (bytes === null) return "";
  const place = Math.min(Math.floor(Math.log10(Math.max(bytes, 1)) / 3), 3);
  return `${(bytes / 1000 ** place).toFixed(place ? 1 : 0)} ${["B", "kB", "MB", "GB"][place]}`;
}
