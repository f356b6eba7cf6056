// What is not walked through, and why.

const REASONS = {
  "Builder.fromVersion": "asks a host of the openEO project, not the back-end",
  "Capabilities.getFederationBackend": "the back-end is no federation",
  "Capabilities.getFederationBackends": "the back-end is no federation",
  "Connection.listProcessingParameters": "an extension of the API that the back-end does not have",
  "OidcProvider.*": "the back-end does not speak OpenID Connect yet",
};

const IN_BROWSERS = {
  "Environment.downloadResults": "the client refuses it in browsers",
  "Environment.setUrl": "the client refuses it in browsers",
  "Job.downloadResults": "the client refuses it in browsers",
};

export const LEFT = { node: REASONS, browser: { ...REASONS, ...IN_BROWSERS } };
