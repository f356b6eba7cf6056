// oidc-client-ts against a provider. It is made for pages; what needs none of a page's windows works in Node, too.

import { webcrypto } from "node:crypto";

import { InMemoryWebStorage, OidcClient, WebStorageStateStore } from "oidc-client-ts";

import { play, refusal, sentTo } from "./scenarios.mjs";

globalThis.crypto ??= webcrypto; // Node.js 18 keeps it in a module.

const clientOf = ({ issuer, id, redirect, scope }) =>
  new OidcClient({
    authority: issuer,
    client_id: id,
    redirect_uri: redirect,
    post_logout_redirect_uri: redirect,
    scope,
    loadUserInfo: true,
    stateStore: new WebStorageStateStore({ store: new InMemoryWebStorage() }),
  });

async function logIn(client) {
  const asked = await client.createSigninRequest({ state: "mine", nonce: "once" });
  return client.processSigninResponse((await sentTo(asked.url)).href);
}

await play({
  async code(orders) {
    const client = clientOf(orders);
    const tokens = await logIn(client);
    const { refresh_token, id_token, session_state, scope, profile } = tokens;
    const state = { refresh_token, id_token, session_state, scope, profile };
    const renewed = await client.useRefreshToken({ state });
    return { tokens, userState: tokens.userState, renewed };
  },

  async logout(orders) {
    const client = clientOf(orders);
    const tokens = await logIn(client);
    const asked = await client.createSignoutRequest({ id_token_hint: tokens.id_token, state: "over" });
    const back = await sentTo(asked.url);
    return { tokens, userState: (await client.processSignoutResponse(back.href)).userState };
  },

  async revocation(orders) {
    const client = clientOf(orders);
    const tokens = await logIn(client);
    await client.revokeToken(tokens.refresh_token, "refresh_token");
    const { refresh_token, scope, profile } = tokens;
    return { tokens, refresh: await refusal(client.useRefreshToken({ state: { refresh_token, scope, profile } })) };
  },
});
