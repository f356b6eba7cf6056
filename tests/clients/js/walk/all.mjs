// All steps in an order in which each finds what it needs.

import account from "./account.mjs";
import discovery from "./discovery.mjs";
import files from "./files.mjs";
import jobs, { filed } from "./jobs.mjs";
import processes, { commons } from "./processes.mjs";
import services from "./services.mjs";

const EVERYWHERE = [...account, ...discovery, ...processes, ...jobs, ...services, ...files];

export const STEPS = { node: [...EVERYWHERE, ...commons, ...filed], browser: EVERYWHERE };
