// What the scenarios of the libraries have in common: node FILE.mjs SCENARIO ORDERS, where ORDERS is a JSON object.

/** Run the scenario that the command line names, and print what it returns. */
export async function play(scenarios) {
  const [name, orders] = process.argv.slice(2);
  const report = await scenarios[name](JSON.parse(orders));
  process.stdout.write(JSON.stringify(report), () => process.exit());
}

/** Where a page sends the person to who opens it; the provider asks no one. */
export async function sentTo(url) {
  const answer = await fetch(url, { redirect: "manual" });
  const target = answer.headers.get("location");
  if (!target) {
    throw new Error(`${answer.status} and no redirect: ${await answer.text()}`);
  }
  return new URL(target);
}

/** What a promise is refused with, as the library tells it. */
export const refusal = (promise) =>
  promise.then(
    (value) => { throw new Error(`expected a refusal, got ${JSON.stringify(value)}`); },
    (error) => error.error ?? error.code ?? error.message,
  );
