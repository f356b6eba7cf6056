// Connecting, logging in and out.

import { equal, ok, refused, step } from "../harness.mjs";

export default [
  step("OpenEO.connect", "OpenEO.connectDirect", "Connection.init", "Connection.capabilities", async (context) => {
    const { client, url, version } = context;
    context.connection = await client.OpenEO.connect(url);
    equal(context.connection.capabilities().apiVersion(), `${version}.0`);
    const direct = await client.OpenEO.connectDirect(`${url}/`);
    equal(direct.capabilities().toJSON(), context.connection.capabilities().toJSON());
  }),
  step("OpenEO.clientVersion", async ({ client }) => {
    ok(/^2\./.test(client.OpenEO.clientVersion()), "a version 2");
  }),
  step("Connection.getBaseUrl", "Connection.getUrl", async ({ connection, url }) => {
    equal(connection.getBaseUrl(), url);
    equal(connection.getUrl(), url);
  }),
  step("Connection.describeAccount", "Connection.isAuthenticated", async ({ connection }) => {
    equal(connection.isAuthenticated(), false);
    await refused(connection.describeAccount(), "AuthenticationRequired");
  }),
  step(
    "Connection.listAuthProviders", "Connection.setOidcProviderFactory", "Connection.getOidcProviderFactory",
    async ({ connection, client }) => {
      equal(typeof connection.getOidcProviderFactory(), "function");
      connection.setOidcProviderFactory(() => null);
      equal(connection.getOidcProviderFactory()(), null);
      const providers = await connection.listAuthProviders();
      equal(providers.map((provider) => provider.getType()), ["basic"]);
      ok(providers[0] instanceof client.BasicProvider, "a provider of basic authentication");
    },
  ),
  step(
    "BasicProvider.login", "BasicProvider.getDisplayName", "AuthProvider.getId", "AuthProvider.getType",
    "AuthProvider.getProviderId", "AuthProvider.getTitle", "AuthProvider.getDescription",
    "AuthProvider.getToken", "AuthProvider.setToken", "Environment.base64encode",
    async ({ connection, user, version }) => {
      const [basic] = await connection.listAuthProviders();
      equal([basic.getId(), basic.getType(), basic.getProviderId()], ["basic", "basic", ""]);
      ok(basic.getTitle() && basic.getDescription(), "texts");
      equal(basic.getDisplayName(), null);
      await refused(basic.login(user.name, "wrong"), "CredentialsInvalid");
      equal(basic.getToken(), null);
      await basic.login(user.name, user.password);
      equal(basic.getDisplayName(), user.name);
      // With API 1.3 the client sends it as it is, a JSON Web Token.
      const shape = version === "1.2" ? /^basic\/\/.+$/ : /^eyJ[\w-]+\.[\w-]+\.[\w-]+$/;
      ok(shape.test(basic.getToken()), "a token of basic authentication");
      equal((await connection.describeAccount()).user_id, user.name);
    },
  ),
  step("BasicProvider.logout", "AuthProvider.logout", "Connection.getAuthProvider", async ({ connection }) => {
    const provider = connection.getAuthProvider();
    await provider.logout();
    equal(connection.getAuthProvider(), null);
    await refused(connection.describeAccount(), "AuthenticationRequired");
  }),
  step("AuthProvider.getDisplayName", "AuthProvider.login", "AuthProvider.resume", async ({ client, connection }) => {
    const provider = new client.AuthProvider("any", connection, {});
    equal(provider.getDisplayName(), null);
    equal(await provider.resume(), false);
    await provider.login().then(
      () => { throw new Error("the base class logged in"); },
      (error) => ok(error.message.startsWith("Not implemented"), "a refusal by the client"),
    );
  }),
  step(
    "Connection.on", "Connection.off", "Connection.emit", "Connection.authenticateBasic",
    async ({ connection, user }) => {
      const seen = [];
      connection.on("authProviderChanged", (provider) => seen.push(provider.getType()));
      await connection.authenticateBasic(user.name, user.password);
      connection.off("authProviderChanged");
      connection.emit("authProviderChanged", null);
      equal(seen, ["basic"]);
      equal(connection.isAuthenticated(), true);
    },
  ),
  step("Connection.setAuthToken", "Connection.setAuthProvider", async ({ connection, client }) => {
    const basic = connection.getAuthProvider();
    const other = await client.OpenEO.connect(connection.getUrl());
    other.setAuthToken("basic", "", basic.token);
    equal((await other.describeAccount()).user_id, (await connection.describeAccount()).user_id);
    other.setAuthToken("basic", "", "nonsense");
    await refused(other.describeAccount(), "TokenInvalid");
    other.setAuthProvider(null);
    equal(other.isAuthenticated(), false);
  }),
];
