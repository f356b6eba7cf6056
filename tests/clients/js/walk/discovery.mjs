// What the back-end says about itself: capabilities, formats, service types, runtimes, collections.

import { equal, ok, refused, step } from "../harness.mjs";

//: Features of the client that are no operations of ours, by version of the API: an extension.
const ABSENT = { 1.2: ["listProcessingParameters"], 1.3: [] };

export default [
  step(
    "Capabilities.validate", "Capabilities.init", "Capabilities.toJSON", "Capabilities.apiVersion",
    "Capabilities.backendVersion", "Capabilities.title", "Capabilities.description", "Capabilities.isStable",
    "Capabilities.links", "Capabilities.listFederation", "Capabilities.migrate", "Connection.capabilities",
    async ({ client, connection, version }) => {
      const about = new client.Capabilities(connection.capabilities().toJSON());
      about.validate();
      equal(about.apiVersion(), `${version}.0`);
      ok(about.backendVersion() && about.title() && about.description(), "version and texts");
      equal(about.isStable(), false);
      ok(about.links().some((link) => link.rel === "version-history"), "a link to the versions");
      equal(about.listFederation(), []);
      equal(about.migrate("as it is"), "as it is");
    },
  ),
  step("Capabilities.listFeatures", "Capabilities.hasFeature", async ({ connection, version }) => {
    const about = connection.capabilities();
    const missing = Object.keys(about.featureMap).filter((feature) => !about.hasFeature(feature));
    equal(missing.filter((feature) => !ABSENT[version].includes(feature)), [], "features that are not served");
    equal(about.listFeatures().length + missing.length, Object.keys(about.featureMap).length);
  }),
  step("Capabilities.hasConformance", async ({ connection, client, version }) => {
    const about = connection.capabilities();
    equal(about.hasConformance(`https://api.openeo.org/${version}.*`), true);
    equal(about.hasConformance(client.Capabilities.Conformance.stacCollections), true);
    equal(about.hasConformance(client.Capabilities.Conformance.federation), false);
  }),
  step("Capabilities.currency", "Capabilities.listPlans", async ({ connection }) => {
    const plans = connection.capabilities().listPlans();
    equal(plans.filter((plan) => plan.default).length, 1, "default plans");
    const currency = connection.capabilities().currency();
    ok(currency === null || typeof currency === "string", "a currency or none");
  }),
  step(
    "Connection.listFileTypes", "FileTypes.toJSON", "FileTypes.getInputTypes", "FileTypes.getOutputTypes",
    "FileTypes.getInputType", "FileTypes.getOutputType",
    async ({ connection }) => {
      const types = await connection.listFileTypes();
      equal(Object.keys(types.toJSON()).sort(), ["input", "output"]);
      ok(types.getOutputType("gtiff").gis_data_types.includes("raster"), "GeoTIFF, in whatever case");
      equal(types.getOutputType("made-up"), null);
      ok("GTIFF" in types.getOutputTypes(), "GeoTIFF in the list");
      for (const name of Object.keys(types.getInputTypes())) {
        ok(types.getInputType(name.toLowerCase()), name);
      }
    },
  ),
  step("Connection.listProcessingParameters", async ({ connection, version }) => {
    if (ABSENT[version].length) {
      await refused(connection.listProcessingParameters(), "NotFound");
      return;
    }
    const parameters = await connection.listProcessingParameters();
    const kinds = ["create_job_parameters", "create_service_parameters", "create_synchronous_parameters"];
    equal(Object.keys(parameters).sort(), kinds);
    ok(parameters.create_job_parameters.every(({ name, schema }) => name && schema), "names and schemas");
  }),
  step("Connection.listServiceTypes", async ({ connection }) => {
    const types = await connection.listServiceTypes();
    ok(Object.keys(types).length > 0, "service types");
    for (const type of Object.values(types)) {
      ok(type.configuration && type.process_parameters, "configuration and process parameters");
    }
  }),
  step("Connection.listUdfRuntimes", async ({ connection }) => {
    const runtimes = await connection.listUdfRuntimes();
    ok(runtimes.Python, "Python");
    for (const runtime of Object.values(runtimes)) {
      ok(["language", "docker"].includes(runtime.type), "a known type");
      ok(runtime.type === "docker" || runtime.default in runtime.versions, "the default among the versions");
    }
  }),
  step("Connection.listCollections", "Connection.paginateCollections", async ({ connection }) => {
    const { collections } = await connection.listCollections();
    ok(collections.some((collection) => collection.id === "SENTINEL2_L2A"), "Sentinel-2");
    equal(await pagesOf(connection.paginateCollections(2)), collections.map(({ id }) => id));
  }),
  step("Connection.describeCollection", async ({ connection }) => {
    const collection = await connection.describeCollection("SENTINEL2_L2A");
    ok(collection["cube:dimensions"].bands.values.includes("B04"), "the red band");
    await refused(connection.describeCollection("NOWHERE"), "CollectionNotFound");
  }),
  step("Connection.describeCollectionQueryables", async ({ connection }) => {
    const schema = await connection.describeCollectionQueryables("SENTINEL2_L2A");
    equal(schema.type, "object");
    equal(Object.keys(schema.properties).length > 0, true, "queryables");
  }),
  step("Connection.listCollectionItems", async ({ connection }) => {
    const [west, south, east, north] = [5.0, 51.2, 5.1, 51.3];
    const period = [new Date("2024-06-01T00:00:00Z"), "2024-07-01T00:00:00Z"];
    const pages = connection.listCollectionItems("SENTINEL2_L2A", [west, south, east, north], period, 2);
    const first = await pages.nextPage();
    ok(first.length > 0 && first.length <= 2, "one or two items");
    for (const item of first) {
      equal([item.type, item.collection], ["Feature", "SENTINEL2_L2A"]);
      ok(item.bbox[0] <= east && item.bbox[2] >= west, "an item in the box");
    }
    if (pages.hasNextPage()) {
      const second = await pages.nextPage();
      ok(second.every(({ id }) => first.every((item) => item.id !== id)), "other items on the second page");
    }
  }),
  step("Pages.hasNextPage", "Pages.nextPage", async ({ connection }) => {
    const pages = connection.paginateCollections(1);
    equal(pages.hasNextPage(), true);
    const page = await pages.nextPage();
    equal(page.length, 1);
    ok(page.links.some((link) => link.rel === "next"), "a link to the next page");
    equal(pages.hasNextPage(), true);
  }),
  step("Connection.makeLinksAbsolute", async ({ connection, url }) => {
    const [link] = connection.makeLinksAbsolute([{ rel: "any", href: "collections" }], `${url}/`);
    equal(link.href, `${url}/collections`);
  }),
  step("Environment.getName", "Environment.getUrl", "Environment.getResponseType", async ({ client, platform }) => {
    const environment = client.OpenEO.Environment;
    equal(environment.getName(), platform.name);
    equal(typeof environment.getUrl(), "string");
    equal(environment.getResponseType(), platform.responseType);
  }),
];

/** The ids of all pages, read with `for await`. */
export async function pagesOf(pages, key = "id") {
  const found = [];
  for await (const page of pages) {
    found.push(...page.map((each) => each[key]));
  }
  return found;
}
