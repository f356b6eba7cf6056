// Processes: predefined and user-defined ones, the graph builder, validation.

import { equal, ok, refused, step } from "../harness.mjs";
import { pagesOf } from "./discovery.mjs";

const EVI = {
  summary: "Enhanced vegetation index",
  parameters: [{ name: "red", description: "The red band.", schema: { type: "number" } }],
  returns: { description: "The index.", schema: { type: "number" } },
  process_graph: {
    double: { process_id: "multiply", arguments: { x: { from_parameter: "red" }, y: 2 }, result: true },
  },
};

export default [
  step("Connection.listProcesses", "Connection.paginateProcesses", async ({ connection }) => {
    const { processes } = await connection.listProcesses();
    ok(processes.length > 100, "more than a hundred processes");
    equal(await pagesOf(connection.paginateProcesses()), processes.map(({ id }) => id));
  }),
  step("Connection.describeProcess", "Connection.normalizeNamespace", async ({ connection, url }) => {
    const process = await connection.describeProcess("reduce_dimension");
    equal(process.parameters.map(({ name }) => name), ["data", "reducer", "dimension", "context"]);
    equal(connection.normalizeNamespace(`${url}/processes/@someone/`), "@someone");
    await connection.describeProcess("ndvi", "unknown").then(
      () => { throw new Error("a namespace that does not exist has processes"); },
      (error) => equal(error.response.status, 501),
    );
  }),
  step(
    "ProcessRegistry.addAll", "ProcessRegistry.add", "ProcessRegistry.all", "ProcessRegistry.count",
    "ProcessRegistry.get", "ProcessRegistry.has", "ProcessRegistry.hasNamespace", "ProcessRegistry.namespace",
    "ProcessRegistry.namespaces", "ProcessRegistry.onChange", "ProcessRegistry.remove",
    async ({ connection, classes }) => {
      const { ProcessRegistry } = classes;
      const known = connection.processes.namespace("backend");
      const registry = new ProcessRegistry(known);
      const heard = [];
      registry.listeners.push((event) => heard.push(event));
      registry.add({ id: "mine" }, "user");
      equal([registry.has("mine"), registry.get("ndvi").id], [true, "ndvi"]);
      equal(registry.namespaces(), ["backend", "user"]);
      equal(registry.count(), registry.all().length);
      registry.remove("mine");
      equal(registry.hasNamespace("user"), false);
      equal(heard, ["add", "remove"]);
    },
  ),
  step("Connection.refreshProcessCache", async ({ connection }) => {
    await connection.refreshProcessCache();
    ok(connection.processes.has("load_collection", "backend"), "load_collection in the cache");
  }),
  step(
    "Connection.buildProcess", "Builder.createFunction", "Builder.process", "Builder.toJSON", "Builder.spec",
    "Builder.supports", "Builder.generateId", "Builder.setParent", "Builder.createCallbackParameter",
    "Builder.getParentCallbackParameters", "BuilderNode.namedArguments", "BuilderNode.exportArgument",
    "BuilderNode.exportCallback", "BuilderNode.createBuilder", "BuilderNode.toJSON", "BuilderNode.ref",
    "BuilderNode.description", "BuilderNode.addParametersToProcess", "Parameter.create", "Parameter.ref",
    async (context) => {
      const builder = await context.connection.buildProcess("ndvi_of_june");
      const extent = { west: 5.0, south: 51.2, east: 5.1, north: 51.3 };
      const period = [new Date("2024-06-01T00:00:00Z"), "2024-07-01"];
      const cube = builder.load_collection("SENTINEL2_L2A", extent, period, ["B04", "B08"]);
      const index = builder.reduce_dimension(cube, ndvi, "bands").description("per pixel");
      equal(index.description(), "per pixel");
      const saved = builder.save_result(index, "GTiff");
      equal([builder.supports("save_result"), builder.supports("made-up")], [true, false]);
      const graph = builder.toJSON().process_graph;
      equal(Object.keys(graph), [cube.id, index.id, saved.id]);
      equal(graph[cube.id].arguments.temporal_extent, ["2024-06-01T00:00:00.000Z", "2024-07-01"]);
      equal(graph[index.id].arguments.data, cube.ref());
      const reducer = Object.values(graph[index.id].arguments.reducer.process_graph);
      equal(reducer.map((node) => node.process_id), [
        "array_element", "array_element", "subtract", "add", "divide",
      ]);
      equal(reducer[0].arguments, { data: { from_parameter: "data" }, label: "B08" });
      context.cube = saved;
    },
  ),
  step(
    "Formula.setBuilder", "Formula.generate", "Formula.parseTree", "Formula.getRef",
    "Formula.addOperatorProcess", "Builder.math", "Builder.addParameter", "Parameter.toJSON",
    async ({ client, connection }) => {
      const builder = await connection.buildProcess("formulas");
      const cube = builder.load_collection("SENTINEL2_L2A");
      const index = builder.reduce_dimension(cube, new client.Formula("($B08 - $B04) / ($B08 + $B04)"), "bands");
      const reducer = Object.values(index.toJSON().arguments.reducer.process_graph);
      equal(reducer.find((node) => node.result).process_id, "divide");
      builder.math("2 * threshold + 1");
      equal(builder.toJSON().parameters.map(({ name }) => name), ["threshold"]);
      const parameter = new client.Parameter("when", "string", "A date.", "2024-06-01");
      equal(parameter.toJSON().default, "2024-06-01");
    },
  ),
  step("Builder.fromURL", "Builder.addProcessSpec", async ({ client, url }) => {
    const builder = await client.Builder.fromURL(`${url}/processes`);
    builder.addProcessSpec({ id: "of_mine", parameters: [{ name: "x", schema: {} }] });
    equal(builder.of_mine(1).toJSON(), { process_id: "of_mine", arguments: { x: 1 } });
  }),
  step("Connection.validateProcess", async ({ connection, cube }) => {
    equal([...(await connection.validateProcess(cube))], [], "errors of a good process");
    const errors = await connection.validateProcess({
      any: { process_id: "made-up", arguments: {}, result: true },
    });
    equal(errors.map(({ code }) => code), ["ProcessUnsupported"]);
  }),
  step("Connection.setUserProcess", "UserProcess.replaceUserProcess", "UserProcess.describeUserProcess", async (context) => {
    const stored = await context.connection.setUserProcess("walked_evi", EVI);
    equal([stored.id, stored.summary], ["walked_evi", EVI.summary]);
    equal(stored.processGraph, EVI.process_graph);
    const replaced = await stored.replaceUserProcess({ ...EVI, summary: "Replaced" });
    equal(replaced.summary, "Replaced");
    await refused(context.connection.setUserProcess("ndvi", EVI), "PredefinedProcessExists");
  }),
  step(
    "Connection.getUserProcess", "BaseEntity.toJSON", "BaseEntity.getAll", "BaseEntity.get",
    "BaseEntity.getDataAge", "BaseEntity.setAll",
    async ({ connection }) => {
      const stored = await connection.getUserProcess("walked_evi");
      equal(stored.toJSON().process_graph, EVI.process_graph);
      equal(stored.getAll().processGraph, EVI.process_graph);
      equal(stored.get("made-up"), null);
      ok(stored.getDataAge() < 60, "fresh data");
      await refused(connection.getUserProcess("never_stored"), "ProcessGraphNotFound");
    },
  ),
  step("Connection.listUserProcesses", "Connection.paginateUserProcesses", async ({ connection }) => {
    await connection.setUserProcess("walked_other", EVI);
    const known = await connection.listUserProcesses();
    equal(known.map(({ id }) => id).sort(), ["walked_evi", "walked_other"]);
    ok(known.every(({ processGraph }) => processGraph === undefined), "no process graphs in a listing");
    const again = await connection.listUserProcesses(known);
    ok(again[0] === known[0], "the same object again");
    equal((await pagesOf(connection.paginateUserProcesses(1))).sort(), ["walked_evi", "walked_other"]);
  }),
  step("UserProcess.deleteUserProcess", async ({ connection }) => {
    for (const stored of await connection.listUserProcesses()) {
      await stored.deleteUserProcess();
    }
    equal((await connection.listUserProcesses()).length, 0);
    await refused(connection.getUserProcess("walked_evi"), "ProcessGraphNotFound");
  }),
];

/** Steps for the package that reads process definitions for the client; browsers have no copy of it. */
export const commons = [
  step(
    "ProcessSchema.isEditable", "ProcessSchema.is", "ProcessSchema.nativeDataType", "ProcessSchema.dataType",
    "ProcessSchema.dataTypes", "ProcessSchema.nullable", "ProcessSchema.toJSON",
    async ({ connection, classes }) => {
      for (const process of connection.processes.namespace("backend")) {
        for (const { name, schema: json, default: value } of process.parameters) {
          const schema = new classes.ProcessSchema(json, value);
          ok(schema.dataTypes().length > 0 && schema.toJSON(), `types of ${process.id}.${name}`);
          equal([typeof schema.isEditable(), typeof schema.nullable()], ["boolean", "boolean"]);
          ok(schema.dataType() && schema.nativeDataType(), `a type of ${process.id}.${name}`);
        }
      }
      const [data, reducer] = connection.processes.get("reduce_dimension").parameters;
      ok(new classes.ProcessSchema(data.schema).is("datacube"), "a data cube");
      equal(new classes.ProcessSchema(reducer.schema).dataType(), "process-graph");
    },
  ),
  step(
    "ProcessUtils.normalizeJsonSchema", "ProcessUtils.getCallbackParameters",
    "ProcessUtils.getCallbackParametersForProcess", "ProcessUtils.getNativeTypesForJsonSchema",
    "ProcessUtils.getElementJsonSchema",
    async ({ connection, classes: { ProcessUtils } }) => {
      const process = connection.processes.get("reduce_dimension");
      const names = ProcessUtils.getCallbackParametersForProcess(process, "reducer").map(({ name }) => name);
      equal(names, ["data", "context"]);
      equal(ProcessUtils.getCallbackParameters(process.parameters[1]).length, 2);
      const numbers = connection.processes.get("sum").parameters[0].schema;
      ok(ProcessUtils.normalizeJsonSchema(numbers, true).length > 0, "schemas");
      equal(ProcessUtils.getNativeTypesForJsonSchema({ type: ["number", "null"] }), ["number", "null"]);
      equal(ProcessUtils.getElementJsonSchema({ type: "array", items: { type: "number" } }), { type: "number" });
    },
  ),
];

function ndvi(data) {
  return this.divide(this.subtract(data.B08, data.B04), this.add(data.B08, data.B04));
}
