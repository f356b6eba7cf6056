// Use Chromium as a person does: node drive.mjs CHROMIUM FLAGS... Takes orders as lines of JSON, [verb, ...arguments].

import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";

import { chromium } from "playwright-core";

const [executablePath, ...args] = process.argv.slice(2);
const browser = await chromium.launch({ executablePath, args, headless: true });
const page = await browser.newPage();
let status = null;
page.setDefaultTimeout(15_000);
const hosts = new Set();
const failures = [];
page.on("request", (request) => hosts.add(new URL(request.url()).host || new URL(request.url()).protocol));
page.on("pageerror", (error) => failures.push(error.message));
page.on("console", (message) => {
  if (message.type() === "error") failures.push(`${message.text()} at ${message.location().url}`);
});
page.on("response", (response) => {
  if (response.request().isNavigationRequest()) {
    status = response.status();
  }
});

const verbs = {
  // Forgetting is faster than opening another window.
  async anew() {
    // The scripts of the page before would go on asking, and what they meet would be told of the next.
    await page.goto("about:blank");
    await page.context().clearCookies();
    await page.setViewportSize({ width: 1280, height: 720 });
    hosts.clear();
    failures.length = 0;
  },
  async open(url) {
    await page.goto(url);
    // A browser may move the cursor to its field only after it has loaded the page: keys would be lost.
    await page.waitForFunction(() => {
      const field = document.querySelector("[autofocus]");
      return field === null || field === document.activeElement;
    });
  },
  fill: (label, value) => page.getByLabel(label, { exact: true }).fill(value),
  click: (name) => leadingOn(() => page.getByRole("button", { name, exact: true }).click()),
  press: (key) => page.keyboard.press(key),
  submit: (key) => leadingOn(() => page.keyboard.press(key)),
  resize: (width, height) => page.setViewportSize({ width, height }),
  push: (name) => page.getByRole("button", { name, exact: true }).click(),
  choose: async (label, option) => void (await page.getByLabel(label, { exact: true }).selectOption(option)),
  // Not by ``waitForFunction``, which evaluates texts in the page: its policy may forbid that.
  async until(script) {
    for (const end = Date.now() + 15_000; !(await page.evaluate(script)); await page.waitForTimeout(20)) {
      if (Date.now() > end) throw new Error("it has not become true");
    }
  },
  colors: (colorScheme) => page.emulateMedia({ colorScheme }),
  hosts: () => [...hosts],
  failures: () => failures,
  async violations() {
    await page.evaluate(readFileSync(new URL("node_modules/axe-core/axe.min.js", import.meta.url), "utf8"));
    const found = await page.evaluate(() => axe.run({ runOnly: ["wcag2a", "wcag2aa", "wcag21aa", "best-practice"] }));
    return found.violations.map(({ id, impact, nodes }) => [id, impact, ...nodes.slice(0, 3).map((node) => node.html)]);
  },
  run: (script) => page.evaluate(script),
  save: async (path) => void (await page.screenshot({ path })),
  url: () => page.url(),
  text: () => page.locator("body").innerText(),
  status: () => status,
  contrast: () => page.evaluate(lowestContrast),
  fields: (label) => page.getByLabel(label, { exact: true }).count(),
};

/** Do something, and wait for the page that it leads to. */
async function leadingOn(act) {
  const loaded = page.waitForEvent("load");
  await act();
  await loaded;
}

/** Runs in the page: the lowest contrast between a text and what is behind it. */
function lowestContrast() {
  const luminance = (color) => {
    const [red, green, blue] = color.match(/[\d.]+/g).map((each) => {
      const share = Number(each) / 255;
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const behind = (element) => {
    const color = getComputedStyle(element).backgroundColor;
    return color === "rgba(0, 0, 0, 0)" && element.parentElement ? behind(element.parentElement) : color;
  };
  const found = [];
  for (const element of document.body.querySelectorAll("*")) {
    if ([...element.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.data.trim())) {
      const [text, ground] = [getComputedStyle(element).color, behind(element)].map(luminance);
      found.push((Math.max(text, ground) + 0.05) / (Math.min(text, ground) + 0.05));
    }
  }
  return Math.min(...found);
}

for await (const line of createInterface({ input: process.stdin })) {
  const [verb, ...given] = JSON.parse(line);
  let answer;
  try {
    answer = { value: (await verbs[verb](...given)) ?? null };
  } catch (error) {
    answer = { error: String(error.message) };
  }
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
await browser.close();
