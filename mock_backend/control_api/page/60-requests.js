// The last requests, as they come.

const MOST = 50;
const requests = new Map();
let requestTotal = 0;

function onRequests({ total, requests: list }) {
  requestTotal = total;
  for (const each of list) requests.set(each.id, { ...each, fresh: !requests.has(each.id) });
  for (const id of [...requests.keys()].slice(0, Math.max(requests.size - MOST, 0))) requests.delete(id);
  showRequests();
}

function onCleared() {
  requests.clear();
  requestTotal = 0;
  showRequests();
}

function showRequests() {
  const words = $("request-filter").value.toLowerCase().split(/\s+/).filter(Boolean);
  const list = [...requests.values()].reverse().filter((each) => {
    const text = `${each.method} ${each.path} ${each.status ?? ""} ${each.error ?? ""} ${each.fault ?? ""}`.toLowerCase();
    return words.every((word) => text.includes(word));
  });
  $("request-rows").replaceChildren(...list.map((each) => {
    const bad = each.status >= 400 || (each.fault && each.status === null);
    const state = each.status ?? (each.fault ? "lost" : "…");
    const row = el("tr", { class: each.fresh ? "fresh" : "" },
      el("td", { class: "num quiet" }, timeOf(Date.parse(each.at))),
      el("td", { class: "method" }, each.method),
      el("td", {}, each.path, each.fault ? el("span", { class: "struck" }, "ordered") : null, each.error ? el("span", { class: "why" }, each.error) : null),
      el("td", { class: `status ${bad ? "bad" : each.status === null ? "wait" : ""}` }, String(state)));
    each.fresh = false;
    return row;
  }));
  $("no-requests").hidden = list.length > 0;
  $("no-requests").textContent = requests.size ? "No request is like that." : "Nothing yet.";
  $("request-count").textContent = requestTotal > MOST ? `the last ${MOST} of ${requestTotal.toLocaleString("en")}` : requestTotal ? String(requestTotal) : "";
}
$("request-filter").addEventListener("input", showRequests);
