// Walk through the client in a page; the back-end is of another origin. Posts a report as JSON.

import { classesOf, run } from "./harness.mjs";
import { STEPS } from "./walk/all.mjs";
import { LEFT } from "./walk/left.mjs";

const EXPORTED = [
  "AuthProvider", "BasicProvider", "Builder", "BuilderNode", "Capabilities", "Connection", "FileTypes",
  "Formula", "Job", "Logs", "OidcProvider", "OpenEO", "Parameter", "Service", "UserFile", "UserProcess",
];
const client = Object.fromEntries(EXPORTED.map((name) => [name, globalThis[name]]));

const query = new URLSearchParams(location.search);
const saved = {};
const platform = {
  name: "Browser",
  responseType: "blob",
  text: (blob) => blob.text(),
  target: (file) => file,
  size: (file) => saved[file],
  source: (file, content) => new File([content], file),
};
// A page cannot look at what it has made the browser save; it can see what it handed over.
const { Environment } = client.OpenEO;
// The client sets this in Node, but forgets it in pages, where its client credentials need it, too.
Environment.axios ??= globalThis.axios;
const save = Environment.saveToFile;
Environment.saveToFile = (blob, file) => {
  saved[file] = blob.size;
  return save(blob, file);
};

const classes = classesOf(client);
const user = { name: query.get("user"), password: query.get("password") };
const redirect = { url: `${location.origin}/callback.html`, client: query.get("client") };
const [url, version] = [query.get("url"), query.get("version")];
const context = { client, classes, platform, url, version, redirect, user };
tell(await run(STEPS.browser, LEFT.browser, classes, context));
