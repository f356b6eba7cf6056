// Run it with `node --test`. The code under test is `download`; yours would use @openeo/js-client.

import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";

import { MockBackend } from "./mock-backend.mjs";

let backend;
before(async () => (backend = await MockBackend.start({ command: (process.env.MOCK_BACKEND ?? "mock-backend").split(" ") })));
beforeEach(() => backend.reset());
after(() => backend.stop());

/** Create and start a job; return its URL and the headers that its owner sends. */
async function started(title) {
  const headers = { Authorization: `Bearer ${await backend.ask("token")}`, "Content-Type": "application/json" };
  const graph = { sum: { process_id: "add", arguments: { x: 1, y: 2 }, result: true } };
  const made = await fetch(`${backend.url}/jobs`, { method: "POST", headers, body: JSON.stringify({ title, process: { process_graph: graph } }) });
  const url = made.headers.get("Location");
  await fetch(`${url}/results`, { method: "POST", headers });
  return { url, headers };
}

/** The code under test: return the first asset of a job, or say why there is none. */
async function download({ url, headers }) {
  const { status } = await (await fetch(url, { headers })).json();
  if (status !== "finished") return `not yet: ${status}`;
  const answer = await fetch(`${url}/results`, { headers });
  if (answer.status === 503) return "busy";
  const { assets } = await answer.json();
  return (await fetch(Object.values(assets)[0].href)).text();
}

test("time passes when the test says so", async () => {
  await backend.order("plan", { plan: { queued: "1m", running: "2h" } });
  const job = await started("long");
  assert.equal(await download(job), "not yet: queued");
  await backend.order("clock/advance", { duration: "1h" });
  assert.equal(await download(job), "not yet: running");
  await backend.order("clock/advance", { hours: 2 });
  assert.match(await download(job), /3/);
});

test("a failure is ordered, and what was asked is there afterwards", async () => {
  const fault = await backend.order("inject", { kind: "error", status: 503, route: "GET /jobs/{job_id}/results", times: 1 });
  const job = await started("unlucky");
  await backend.order("clock/advance", { days: 1 });
  assert.equal(await download(job), "busy");
  assert.match(await download(job), /3/);

  const { requests } = await backend.ask("requests", { route: "GET /jobs/{job_id}/results" });
  assert.deepEqual(requests.map((each) => each.status), [503, 200]);
  assert.equal((await backend.ask(`orders/${fault.id}`)).hits, 1);
});

test("a job produces what the test gives", async () => {
  const result = await backend.upload("answer.txt", new TextEncoder().encode("forty-two"));
  await backend.order("set_result", { result, title: "given" });
  const job = await started("given");
  await backend.order("clock/advance", { days: 1 });
  assert.equal(await download(job), "forty-two");
});

test("the tests before have left nothing", async () => {
  assert.deepEqual(await backend.ask("jobs"), { jobs: [], total: 0, next: null });
  assert.deepEqual(await backend.ask("orders"), []);
});

test("an order that makes no sense is refused", async () => {
  await assert.rejects(backend.order("clock/advance", { minuets: 1 }), { code: "RequestInvalid", message: /minuets/ });
  await assert.rejects(MockBackend.start({ options: ["--prot", "1"], command: ["false"] }), /did not start/);
});
