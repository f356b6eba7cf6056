// All steps in an order in which each finds what it needs.

import account from "./account.mjs";
import discovery from "./discovery.mjs";
import files from "./files.mjs";
import jobs, { filed } from "./jobs.mjs";
import oidc, { paged, unpaged } from "./oidc.mjs";
import processes, { commons } from "./processes.mjs";
import services from "./services.mjs";

const EVERYWHERE = [...account, ...oidc, ...discovery, ...processes, ...jobs, ...services, ...files];

export const STEPS = { node: [...EVERYWHERE, ...commons, ...filed, ...unpaged], browser: [...EVERYWHERE, ...paged] };
