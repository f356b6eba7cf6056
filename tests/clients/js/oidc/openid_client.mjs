// openid-client against a provider.

import { webcrypto } from "node:crypto";

import { play, refusal, sentTo } from "./scenarios.mjs";

globalThis.crypto ??= webcrypto; // Node.js 18 keeps it in a module.
const oidc = await import("openid-client");

/** A client that verifies every signature itself, and takes the discovery document from no other host. */
async function discovered({ issuer, id, secret, way = "ClientSecretBasic" }) {
  const authentication = secret ? oidc[way](secret) : oidc.None();
  const execute = [oidc.allowInsecureRequests, oidc.enableNonRepudiationChecks];
  return oidc.discovery(new URL(issuer), id, undefined, authentication, { execute });
}

/** Log in by authorization code with PKCE; returns the tokens. */
async function logIn(config, { redirect, scope, parameters = {} }) {
  const verifier = oidc.randomPKCECodeVerifier();
  const [state, nonce] = [oidc.randomState(), oidc.randomNonce()];
  const asked = oidc.buildAuthorizationUrl(config, {
    redirect_uri: redirect,
    scope,
    state,
    nonce,
    code_challenge: await oidc.calculatePKCECodeChallenge(verifier),
    code_challenge_method: "S256",
    max_age: "300",
    ...parameters,
  });
  const checks = { pkceCodeVerifier: verifier, expectedState: state, expectedNonce: nonce, maxAge: 300 };
  const back = await sentTo(asked);
  return oidc.authorizationCodeGrant(config, back, { ...checks, idTokenExpected: true });
}

await play({
  async code(orders) {
    const config = await discovered(orders);
    const tokens = await logIn(config, orders);
    const { sub } = tokens.claims();
    const renewed = await oidc.refreshTokenGrant(config, tokens.refresh_token);
    return {
      tokens,
      claims: tokens.claims(),
      userinfo: await oidc.fetchUserInfo(config, tokens.access_token, sub),
      renewed,
      renewedClaims: renewed.claims(),
      supportsPKCE: config.serverMetadata().supportsPKCE(),
    };
  },

  async deceived(orders) {
    const config = await discovered(orders);
    const verifier = oidc.randomPKCECodeVerifier();
    const ask = async () =>
      sentTo(
        oidc.buildAuthorizationUrl(config, {
          redirect_uri: orders.redirect,
          scope: orders.scope,
          state: "right",
          nonce: "right",
          code_challenge: await oidc.calculatePKCECodeChallenge(verifier),
          code_challenge_method: "S256",
        }),
      );
    const right = { pkceCodeVerifier: verifier, expectedState: "right", expectedNonce: "right" };
    const refused = async (url, checks) =>
      refusal(oidc.authorizationCodeGrant(config, url, { ...right, ...checks }));
    const elsewhere = await ask();
    elsewhere.searchParams.set("iss", "https://elsewhere.test");
    return {
      state: await refused(await ask(), { expectedState: "wrong" }),
      nonce: await refused(await ask(), { expectedNonce: "wrong" }),
      verifier: await refused(await ask(), { pkceCodeVerifier: oidc.randomPKCECodeVerifier() }),
      issuer: await refused(elsewhere, {}),
    };
  },

  async unattended(orders) {
    const config = await discovered(orders);
    return { refusal: await refusal(logIn(config, { ...orders, parameters: { prompt: "none" } })) };
  },

  async device({ faster, ...orders }) {
    if (faster) {
      const wait = setTimeout;
      globalThis.setTimeout = (act, delay, ...given) => wait(act, delay / faster, ...given);
    }
    const config = await discovered(orders);
    const asked = await oidc.initiateDeviceAuthorization(config, { scope: orders.scope });
    try {
      const tokens = await oidc.pollDeviceAuthorizationGrant(config, asked);
      return { asked, tokens, claims: tokens.claims() };
    } catch (error) {
      return { asked, refusal: error.error };
    }
  },

  async service(orders) {
    const config = await discovered(orders);
    const tokens = await oidc.clientCredentialsGrant(config, { scope: orders.scope });
    return { tokens, about: await oidc.tokenIntrospection(config, tokens.access_token) };
  },

  async revocation(orders) {
    const config = await discovered(orders);
    const tokens = await logIn(config, orders);
    const before = await oidc.tokenIntrospection(config, tokens.access_token);
    await oidc.tokenRevocation(config, tokens.refresh_token, { token_type_hint: "refresh_token" });
    return {
      tokens,
      before,
      after: await oidc.tokenIntrospection(config, tokens.access_token),
      refresh: await refusal(oidc.refreshTokenGrant(config, tokens.refresh_token)),
    };
  },

  async logout(orders) {
    const config = await discovered(orders);
    const tokens = await logIn(config, orders);
    const url = oidc.buildEndSessionUrl(config, {
      post_logout_redirect_uri: orders.redirect,
      id_token_hint: tokens.id_token,
      state: "over",
    });
    return { tokens, sentTo: await sentTo(url) };
  },

  // With the keys of an earlier run, if it is given them.
  async keys({ cache, ...orders }) {
    const config = await discovered(orders);
    if (cache) {
      oidc.setJwksCache(config, cache);
    }
    const tokens = await logIn(config, orders);
    return { tokens, cache: oidc.getJwksCache(config) };
  },
});
