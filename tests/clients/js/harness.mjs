// Runs steps, and finds out by reflection which methods of the client no step has walked through.

/** A step: the methods it is about ("Class.method", each has to be called in it), then what it does. */
export function step(...parts) {
  return { run: parts.pop(), methods: parts };
}

export function ok(value, what) {
  if (!value) {
    throw new Error(`expected ${what}, got ${JSON.stringify(value)}`);
  }
}

export function equal(actual, expected, what = "value") {
  const [is, shall] = [actual, expected].map((value) => JSON.stringify(value, sorted));
  if (is !== shall) {
    throw new Error(`${what}: expected ${shall}, got ${is}`);
  }
}

/** Check that a call is refused with one of the API's error codes. */
export async function refused(promise, code) {
  let answer;
  try {
    answer = await promise;
  } catch (error) {
    equal(error.code, code, `code of "${error.message}"`);
    ok(error.message, "a message");
    return;
  }
  throw new Error(`expected ${code}, got an answer: ${JSON.stringify(answer)}`);
}

/** The classes of the client by name: what it exports, and the bases and pages that it keeps to itself. */
export function classesOf(client, commons = {}) {
  const classes = { ...client, ...commons, Environment: client.OpenEO.Environment };
  delete classes.AbortController; // The platform's own.
  const connection = new client.Connection("http://localhost");
  classes.BaseEntity = Object.getPrototypeOf(client.Job);
  classes.ProcessRegistry = connection.processes.constructor;
  for (const name of ["Collections", "Processes", "Jobs", "Services", "Files"]) {
    classes[`${name}Pages`] = connection[`paginate${name}`]().constructor;
  }
  classes.ItemsPages = connection.listCollectionItems("any").constructor;
  classes.Pages = Object.getPrototypeOf(classes.JobsPages);
  return classes;
}

/** All public methods, "Class.method", with the object that holds them. */
function* methodsOf(classes) {
  for (const [name, found] of Object.entries(classes)) {
    for (const holder of [found, found.prototype]) {
      for (const [key, { value }] of Object.entries(Object.getOwnPropertyDescriptors(holder))) {
        const isClass = typeof value === "function" && /^class\b/.test(String(value));
        const isPublic = !key.startsWith("_") && !["constructor", "axios"].includes(key);
        if (typeof value === "function" && isPublic && !isClass) {
          yield { method: `${name}.${key}`, holder, key };
        }
      }
    }
  }
}

/** Note each call of a method; returns the set of methods called since it was last cleared. */
function record(methods) {
  const called = new Set();
  for (const { method, holder, key } of methods) {
    const original = holder[key];
    const recording = function (...args) {
      called.add(method);
      return original.apply(this, args);
    };
    Object.defineProperty(holder, key, { value: recording, writable: true, configurable: true });
  }
  return called;
}

/**
 * Run steps, one after the other: a failed one does not keep the others from running.
 *
 * Returns what failed, and which methods are accounted for neither by a step nor by `left`, a table of
 * methods ("Class.method" or "Class.*") that cannot be walked through, with the reason.
 */
export async function run(steps, left, classes, context) {
  const methods = [...methodsOf(classes)];
  const names = new Set(methods.map(({ method }) => method));
  const called = record(methods);
  const failures = [];
  for (const { methods: about, run: act } of steps) {
    called.clear();
    try {
      await act(context);
      const uncalled = about.filter((method) => !called.has(method));
      equal(uncalled, [], "methods of the step that it did not call");
    } catch (error) {
      failures.push({ step: about.join(", "), error: error.message, code: error.code ?? null });
    }
  }
  const walked = new Set(steps.flatMap(({ methods: about }) => about));
  const isLeft = (method) => method in left || `${method.split(".")[0]}.*` in left;
  return {
    failures,
    steps: steps.length,
    walked: [...walked].sort(),
    forgotten: [...names].filter((method) => !walked.has(method) && !isLeft(method)),
    unknown: [...walked].filter((method) => !names.has(method)),
    leftAndWalked: [...walked].filter(isLeft),
  };
}

export const sleep = (seconds) => new Promise((resolve) => setTimeout(resolve, seconds * 1000));

/** Wait until a condition holds; a bounded number of real seconds. */
export async function until(condition, what, seconds = 15) {
  for (let waited = 0; waited < seconds; waited += 0.1) {
    if (await condition()) {
      return;
    }
    await sleep(0.1);
  }
  throw new Error(`not within ${seconds} s: ${what}`);
}

function sorted(_, value) {
  if (value === null || typeof value !== "object" || Array.isArray(value)) {
    return value;
  }
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}
