// Walk through the client in Node: node node.mjs URL VERSION USER PASSWORD FOLDER. Prints a report as JSON.

import { webcrypto } from "node:crypto";
import fs from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { text } from "node:stream/consumers";

import { classesOf, run } from "./harness.mjs";
import { STEPS } from "./walk/all.mjs";
import { LEFT } from "./walk/left.mjs";

globalThis.crypto ??= webcrypto; // Node.js 18 keeps it in a module.
const require = createRequire(import.meta.url);
const client = require("@openeo/js-client");
const { ProcessSchema, ProcessUtils } = require("@openeo/js-commons");

const [url, version, name, password, folder] = process.argv.slice(2);
const platform = {
  name: "Node",
  responseType: "stream",
  folder,
  text,
  target: (file) => path.join(folder, file),
  size: (file) => fs.statSync(path.join(folder, file)).size,
  source(file, content) {
    fs.writeFileSync(path.join(folder, file), content);
    return path.join(folder, file);
  },
};

// The report alone goes to stdout; the client warns and logs there, too.
for (const level of ["log", "warn", "error"]) {
  console[level] = (...words) => process.stderr.write(`${words.join(" ")}\n`);
}
const classes = classesOf(client, { ProcessSchema, ProcessUtils });
// A redirect URL of the default client.
const redirect = { url: "http://localhost/callback", client: "openeo-default" };
const context = { client, classes, platform, url, version, redirect, user: { name, password } };
const report = await run(STEPS.node, LEFT.node, classes, context);
process.stdout.write(JSON.stringify(report), () => process.exit());
