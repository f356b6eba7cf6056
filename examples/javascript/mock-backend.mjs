/**
 * A client of the control API of `mock-backend serve`, for tests in JavaScript. Node.js 18 or later, nothing else.
 * Copy it beside your tests.
 */

import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";

export class MockBackend {
  #process;
  #secret;

  /**
   * Use a back-end that is running.
   *
   * @param {string} url - The URL of its API, e.g. `http://127.0.0.1:8080/openeo/1.2`.
   * @param {{secret?: string}} [options] - The secret of its control API, if it has one.
   */
  constructor(url, { secret } = {}) {
    /** The URL of the API, without a slash at its end. */
    this.url = url.replace(/\/$/, "");
    /** The root URL of the server, which clients take as well. */
    this.root = new URL(url).origin;
    this.#secret = secret;
  }

  /**
   * Start `mock-backend serve` on a free port. By default its clock stands still until the test moves it.
   *
   * @param {{options?: string[], command?: string[]}} [settings] - Options of the command, e.g.
   *   `["--profile", "cdse"]`, and the command itself, e.g. `["python", "-m", "mock_backend"]`.
   * @returns {Promise<MockBackend>}
   */
  static async start({ options = ["--speed", "0"], command = ["mock-backend"] } = {}) {
    const [program, ...first] = command;
    const child = spawn(program, [...first, "serve", "--port", "0", "--quiet", ...options], { stdio: ["ignore", "pipe", "pipe"] });
    let complaint = "";
    child.stderr.on("data", (text) => (complaint += text));
    const line = once(createInterface({ input: child.stdout }), "line").then(([url]) => url);
    const failed = Promise.race([
      once(child, "error").then(([error]) => error.message),
      once(child, "exit").then(() => complaint.trim()),
    ]).then((reason) => { throw new Error(`mock-backend serve did not start: ${reason}`); });
    const backend = new MockBackend(await Promise.race([line, failed]));
    failed.catch(() => {});
    backend.#process = child;
    return backend;
  }

  /** Stop the back-end that `start` has started. */
  async stop() {
    const child = this.#process;
    if (!child || child.exitCode !== null) return;
    const ended = once(child, "exit");
    child.kill("SIGTERM");
    await ended;
  }

  /** Forget all jobs, orders and requests; for `beforeEach`. */
  reset() {
    return this.order("reset");
  }

  /**
   * Give an order, by the name that it has in Python: `order("clock/advance", { duration: "10m" })`.
   *
   * @param {string} name - Its path below `/mock/`.
   * @param {object} [values] - Its arguments.
   */
  order(name, values = {}) {
    return this.#send("POST", name, values);
  }

  /**
   * Ask something: `ask("jobs/one", { title: "ndvi" })`, `ask("requests", { route: "POST /jobs" })`.
   *
   * @param {string} name - Its path below `/mock/`.
   * @param {object} [query] - Its arguments.
   */
  ask(name, query = {}) {
    const search = new URLSearchParams(query).toString();
    return this.#send("GET", search ? `${name}?${search}` : name);
  }

  /** Change settings: `set("clock", { rate: 60 })`. */
  set(name, values) {
    return this.#send("PATCH", name, values);
  }

  /** Take an order back: ``remove(`orders/${order.id}`)``. */
  remove(name) {
    return this.#send("DELETE", name);
  }

  /**
   * Upload a file, and return what stands for it in an order:
   * `order("set_result", { result: await upload("ndvi.tif", bytes) })`.
   */
  async upload(name, content) {
    await this.#send("PUT", `uploads/${name}`, content);
    return { upload: name };
  }

  async #send(method, path, body) {
    const isFile = method === "PUT";
    const answer = await fetch(`${this.root}/mock/${path}`, {
      method,
      headers: {
        ...(body && !isFile && { "Content-Type": "application/json" }),
        ...(this.#secret && { Authorization: `Bearer ${this.#secret}` }),
      },
      body: body && !isFile ? JSON.stringify(body) : body,
    });
    const told = await answer.json();
    if (!answer.ok) throw Object.assign(new Error(told.message), { code: told.code, status: answer.status });
    return told;
  }
}
