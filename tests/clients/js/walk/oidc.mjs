// Logging in by OpenID Connect: programs everywhere, people in pages.

import { equal, ok, refused, sleep, step, until } from "../harness.mjs";

/** A connection of its own, and its provider of OpenID Connect. */
async function connected({ client, url, redirect }, setup = () => {}) {
  client.OidcProvider.redirectUrl = redirect.url;
  const connection = await client.OpenEO.connect(url);
  setup(connection);
  const providers = await connection.listAuthProviders();
  return { connection, provider: providers.find((each) => each.getType() === "oidc") };
}

export default [
  step("OidcProvider.isSupported", "OidcProvider.getDisplayName", async (context) => {
    const { client } = context;
    equal(client.OidcProvider.isSupported(), true);
    const { connection, provider } = await connected(context);
    ok(provider instanceof client.OidcProvider, "a provider of OpenID Connect");
    equal([provider.getId(), provider.getProviderId()], ["oidc.mock", "mock"]);
    ok(provider.getTitle() && provider.getDescription(), "texts");
    equal([provider.getToken(), provider.getDisplayName()], [null, null]);
    equal(connection.isAuthenticated(), false);
  }),
  step(
    "OidcProvider.detectDefaultClient", "OidcProvider.setGrant", "OidcProvider.setClientId", "OidcProvider.getOptions",
    "OidcProvider.getResponseType",
    async (context) => {
      const { client, redirect } = context;
      const { provider } = await connected(context);
      client.OidcProvider.redirectUrl = "https://elsewhere.test";
      equal(provider.detectDefaultClient(), null);
      client.OidcProvider.redirectUrl = redirect.url;
      equal([provider.detectDefaultClient().id, provider.clientId, provider.grant], [redirect.client, redirect.client, "authorization_code+pkce"]);
      equal(provider.getResponseType(), "code");
      const options = provider.getOptions({}, true);
      equal([options.client_id, options.redirect_uri], [redirect.client, redirect.url]);
      equal([options.authority, options.response_mode], [provider.issuer, "query"]);
      ok(options.scope.split(" ").includes("offline_access"), "the scope of refresh tokens");
      provider.setGrant("implicit");
      equal(provider.getResponseType(), "token id_token");
      provider.setClientId("mine");
      equal(provider.getOptions().client_id, "mine");
    },
  ),
  step(
    "OidcProvider.getWellKnownDocument", "OidcProvider.getTokenEndpoint", "OidcProvider.supportsClientCredentials",
    async (context) => {
      const { provider } = await connected(context);
      const document = await provider.getWellKnownDocument();
      equal(document.issuer, provider.issuer);
      equal(await provider.getTokenEndpoint(), document.token_endpoint);
      equal(await provider.supportsClientCredentials(), true);
    },
  ),
  step(
    "OidcProvider.setClientSecret", "OidcProvider.loginClientCredentials", "OidcProvider.login",
    "OidcProvider.setUser", "OidcProvider.resume", "OidcProvider.logout", "AuthProvider.logout",
    async (context) => {
      const { connection, provider } = await connected(context);
      provider.setGrant("client_credentials");
      provider.setClientId("openeo-service");
      provider.setClientSecret("wrong");
      equal(provider.getDisplayName(), "Client openeo-service");
      await provider.login().then(
        () => { throw new Error("logged in with a wrong secret"); },
        ({ response }) => equal([response.status, response.data.error], [401, "invalid_client"]),
      );
      provider.setClientSecret("secret");
      await provider.login();
      equal(provider.getToken(), prefix(context) + provider.token);
      equal((await connection.describeAccount()).user_id, "openeo-service");
      equal(await provider.resume(), false);
      await provider.logout();
      equal(connection.isAuthenticated(), false);
      await refused(connection.describeAccount(), "AuthenticationRequired");
    },
  ),
];

/** What the client puts before a token: nothing with API 1.3. */
function prefix({ version }) {
  return version === "1.2" ? "oidc/mock/" : "";
}

// The clock of the back-end runs faster than that of the client, which would not believe it.
const OPTIONS = { clockSkew: 24 * 3600 };

/** Instead of the page, a frame of it goes where it is sent, so that the walk can go on. */
const framed = {
  url: null,
  async prepare() {
    const frame = document.createElement("iframe");
    return {
      async navigate({ url }) {
        frame.src = url;
        document.body.append(frame);
        // Where another origin is shown, a frame does not tell where it is.
        const where = () => frame.contentDocument?.location.href ?? "about:blank";
        await until(() => where() !== "about:blank", "the frame is back");
        framed.url = where();
        frame.remove();
      },
    };
  },
};

export const paged = [
  step("OidcProvider.login", "OidcProvider.signinCallback", "OidcProvider.resume", async (context) => {
    const { client, redirect } = context;
    const { connection, provider } = await connected(context);
    client.OidcProvider.uiMethod = "redirect";
    await provider.login({ ...OPTIONS, redirectNavigator: framed }, true);
    equal(connection.isAuthenticated(), false);
    ok(framed.url.startsWith(`${redirect.url}?code=`), "a page with a code");
    // What the page does that people are sent back to.
    const here = location.href;
    history.replaceState(null, "", framed.url);
    const user = await client.OidcProvider.signinCallback(provider, OPTIONS);
    history.replaceState(null, "", here);
    equal(user.profile.sub, context.user.name);
    ok(user.refresh_token, "a refresh token");
    equal(await provider.resume(OPTIONS), true);
    equal(provider.getToken(), prefix(context) + user.access_token);
    equal((await connection.describeAccount()).user_id, context.user.name);
    equal(provider.getDisplayName(), user.profile.name);
  }),
  step("OidcProvider.resume", "OidcProvider.setUser", async (context) => {
    const { connection, provider } = await connected(context);
    equal(await provider.resume(OPTIONS), true);
    const stored = await provider.manager.getUser();
    stored.expires_at = 1;
    await provider.manager.storeUser(stored);
    equal(await provider.resume(OPTIONS), true);
    ok(provider.user.access_token !== stored.access_token, "another access token, by the refresh token");
    equal(provider.user.refresh_token, stored.refresh_token);
    equal((await connection.describeAccount()).user_id, context.user.name);
  }),
  step("OidcProvider.addListener", "OidcProvider.removeListener", async (context) => {
    const { connection, provider } = await connected(context);
    await provider.resume({ ...OPTIONS, accessTokenExpiringNotificationTime: 24 * 3600 });
    const heard = [];
    provider.addListener("AccessTokenExpiring", () => heard.push("expiring"));
    await until(() => heard.length, "the token is about to expire");
    provider.removeListener("AccessTokenExpiring");
    equal("default:AccessTokenExpiring" in provider.listeners, false);
    // The client's own listener forgets a token that has expired.
    equal(connection.isAuthenticated(), true);
    provider.manager.events.load({ access_token: "any", expires_in: 0 }, false);
    await until(() => !connection.isAuthenticated(), "the token has expired");
    await sleep(0);
    equal(provider.getToken(), null);
  }),
  step("OidcProvider.login", "OidcProvider.logout", async (context) => {
    const { client, redirect, url } = context;
    const { connection, provider } = await connected(context);
    const changes = [];
    connection.on("tokenChanged", (token) => changes.push(typeof token));
    client.OidcProvider.uiMethod = "popup";
    await provider.login({ ...OPTIONS, popup_post_logout_redirect_uri: redirect.url }, true);
    await until(() => connection.isAuthenticated(), "the listener has taken the token");
    equal((await connection.describeAccount()).user_id, context.user.name);
    const token = provider.token;
    await provider.logout();
    equal([connection.isAuthenticated(), provider.getDisplayName()], [false, null]);
    ok(changes[0] === "string" && changes.at(-1) === "object", "a token, and none in the end");
    // Whoever has kept the token has no use for it.
    const other = await client.OpenEO.connect(url);
    (await other.listAuthProviders())[0].setToken(token);
    await refused(other.describeAccount(), "TokenInvalid");
    equal(await provider.resume(OPTIONS), false);
  }),
];

export const unpaged = [
  // How the client says that it is done outside of pages: by a class of one's own.
  step("Connection.setOidcProviderFactory", "OidcProvider.getOptions", "OidcProvider.setUser", async (context) => {
    const oidc = await import("openid-client");
    class Provider extends context.client.OidcProvider {
      async login() {
        const options = this.getOptions({}, true);
        const execute = [oidc.allowInsecureRequests];
        const config = await oidc.discovery(new URL(this.issuer), this.clientId, undefined, oidc.None(), { execute });
        const pkceCodeVerifier = oidc.randomPKCECodeVerifier();
        const asked = oidc.buildAuthorizationUrl(config, {
          ...options.extraQueryParams,
          scope: options.scope,
          redirect_uri: options.redirect_uri,
          code_challenge: await oidc.calculatePKCECodeChallenge(pkceCodeVerifier),
          code_challenge_method: "S256",
        });
        const back = new URL((await fetch(asked, { redirect: "manual" })).headers.get("location"));
        const tokens = await oidc.authorizationCodeGrant(config, back, { pkceCodeVerifier });
        this.setUser({ ...tokens, profile: tokens.claims() });
      }
    }
    const { connection, provider } = await connected(context, (made) =>
      made.setOidcProviderFactory((about) => new Provider(made, about)),
    );
    await provider.login();
    ok(provider.user.refresh_token, "a refresh token");
    equal((await connection.describeAccount()).user_id, context.user.name);
    equal(provider.getDisplayName(), provider.user.profile.name);
  }),
];
