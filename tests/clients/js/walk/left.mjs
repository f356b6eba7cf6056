// What is not walked through, and why.

const REASONS = {
  "Builder.fromVersion": "asks a host of the openEO project, not the back-end",
  "Capabilities.getFederationBackend": "the back-end is no federation",
  "Capabilities.getFederationBackends": "the back-end is no federation",
};

const IN_BROWSERS = {
  "Environment.downloadResults": "the client refuses it in browsers",
  "Environment.setUrl": "the client refuses it in browsers",
  "Job.downloadResults": "the client refuses it in browsers",
};

const IN_NODE = {
  "OidcProvider.addListener": "the client's library for OpenID Connect needs a page",
  "OidcProvider.removeListener": "the client's library for OpenID Connect needs a page",
  "OidcProvider.signinCallback": "the client's library for OpenID Connect needs a page",
};

export const LEFT = { node: { ...REASONS, ...IN_NODE }, browser: { ...REASONS, ...IN_BROWSERS } };
