// Secondary web services. Needs the cube that the builder has made.

import { equal, ok, refused, step, until } from "../harness.mjs";
import { pagesOf } from "./discovery.mjs";

export default [
  step("Connection.createService", "Service.describeService", async (context) => {
    const { connection, cube } = context;
    context.serviceType = Object.keys(await connection.listServiceTypes())[0];
    const service = await connection.createService(cube, context.serviceType.toLowerCase(), "tiles", "of June");
    equal([service.title, service.description, service.enabled], ["tiles", "of June", true]);
    equal(service.type.toLowerCase(), context.serviceType.toLowerCase());
    ok(service.url.startsWith("http"), "a URL");
    await refused(connection.createService(cube, "made-up"), "ServiceUnsupported");
    context.service = service;
  }),
  step("Connection.getService", async ({ connection, service }) => {
    const same = await connection.getService(service.id);
    equal(same.toJSON().url, service.url);
    ok(same.process.process_graph, "the process");
    await refused(connection.getService("s-none"), "ServiceNotFound");
  }),
  step("Service.updateService", async ({ service }) => {
    await service.updateService({ title: "renamed" });
    equal([service.title, service.description], ["renamed", "of June"]);
  }),
  step("Connection.listServices", "Connection.paginateServices", async ({ connection, cube, service, serviceType }) => {
    const other = await connection.createService(cube, serviceType);
    const listed = await connection.listServices([service]);
    equal(listed.map(({ id }) => id).sort(), [other.id, service.id].sort());
    ok(listed.some((each) => each === service), "the same object again");
    equal((await pagesOf(connection.paginateServices(1))).sort(), [other.id, service.id].sort());
    await other.deleteService();
  }),
  step("Service.debugService", async ({ service }) => {
    const logs = await service.debugService().nextLogs();
    ok(Array.isArray(logs), "logs");
    equal((await service.debugService("error").nextLogs()).every(({ level }) => level === "error"), true);
  }),
  step("Service.monitorService", async ({ service }) => {
    const seen = [];
    const stop = service.monitorService(({ enabled }) => seen.push(enabled), 1);
    await service.updateService({ enabled: false });
    await until(() => seen.includes(false), "the change to be seen");
    stop();
  }),
  step("Service.deleteService", async ({ connection, service }) => {
    await service.deleteService();
    await refused(connection.getService(service.id), "ServiceNotFound");
    equal((await connection.listServices()).length, 0);
  }),
];
