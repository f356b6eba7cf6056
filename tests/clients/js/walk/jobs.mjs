// Batch jobs, their logs and results; synchronous processing. Needs the cube that the builder has made.

import { equal, ok, refused, step, until } from "../harness.mjs";
import { pagesOf } from "./discovery.mjs";

export default [
  step("Connection.createJob", "Job.describeJob", "BaseEntity.setAll", async (context) => {
    const additional = { log_level: "debug" };
    const job = await context.connection.createJob(context.cube, "ndvi", "of June", null, 100, additional);
    equal([job.title, job.description, job.status, job.budget], ["ndvi", "of June", "created", 100]);
    ok(job.process.process_graph, "the process");
    context.job = job;
    const { headers } = await context.connection._post("/jobs", { process: context.cube.parent.toJSON() });
    ok(headers.location.endsWith(`/jobs/${headers["openeo-identifier"]}`), "the header Location, readable by a page");
    await context.connection._delete(`/jobs/${headers["openeo-identifier"]}`);
  }),
  step("Connection.getJob", async ({ connection, job }) => {
    const same = await connection.getJob(job.id);
    equal(same.toJSON().created, job.created);
    await refused(connection.getJob("j-none"), "JobNotFound");
  }),
  step("Job.updateJob", async ({ job }) => {
    await job.updateJob({ title: "renamed", logLevel: "info" });
    equal([job.title, job.description], ["renamed", "of June"]);
  }),
  step("Connection.listJobs", "Connection.paginateJobs", async ({ connection, cube, job }) => {
    const others = [await connection.createJob(cube), await connection.createJob(cube)];
    const newestFirst = [others[1].id, others[0].id, job.id];
    const listed = await connection.listJobs([job]);
    equal(listed.map(({ id }) => id), newestFirst);
    ok(listed[2] === job, "the same object again");
    equal(await pagesOf(connection.paginateJobs(1)), newestFirst);
    await others[0].deleteJob();
    await others[1].deleteJob();
  }),
  step("Job.estimateJob", async ({ job }) => {
    const { costs, duration, size } = await job.estimateJob();
    ok([costs, duration, size].some((each) => each !== undefined), "an estimate of something");
  }),
  step("Job.getResultsAsStac", async ({ job }) => {
    await refused(job.getResultsAsStac(), "JobNotStarted");
  }),
  step("Job.startJob", "Job.stopJob", async ({ job }) => {
    await job.startJob();
    ok(["queued", "running"].includes(job.status), "queued or running");
    await refused(job.updateJob({ title: "too late" }), "JobLocked");
    await job.stopJob();
    ok(["created", "canceled"].includes(job.status), "created or canceled");
  }),
  step("Job.monitorJob", async ({ job }) => {
    const seen = [];
    await job.startJob();
    const stop = job.monitorJob(({ status }, logs) => seen.push([status, logs.length]), 1);
    await until(() => seen.some(([status]) => status === "finished"), "the job to finish");
    stop();
    ok(seen.some(([status]) => status === "running"), "running on the way");
    ok(seen.reduce((sum, [, count]) => sum + count, 0) > 0, "log entries");
    equal(job.progress, 100);
  }),
  step("Job.debugJob", "Logs.nextLogs", "Logs.next", "Logs.getMissingBackends", async ({ job }) => {
    const all = await job.debugJob().nextLogs();
    const log = job.debugJob("info");
    const found = [];
    for (let page = await log.nextLogs(1); page.length; page = await log.nextLogs(1)) {
      found.push(...page);
    }
    equal(found.map(({ id }) => id), all.map(({ id }) => id));
    ok(all.every(({ level, message }) => level && message), "levels and messages");
    const { logs, links } = await job.debugJob("error").next();
    equal([logs, Array.isArray(links)], [[], true]);
    equal(log.getMissingBackends(), []);
  }),
  step("Job.getResultsAsStac", "Job.listResults", "Connection.download", async (context) => {
    const { connection, job, platform } = context;
    const stac = await job.getResultsAsStac();
    equal([stac.type, stac.id], ["Collection", job.id]);
    const assets = await job.listResults();
    ok(assets.length > 0, "assets");
    // Signed: no log-in.
    const content = await platform.text(await connection.download(assets[0].href, false));
    ok(content.length > 0, "content");
    const response = await connection._get(`/jobs/${job.id}/results`);
    ok(response.headers["openeo-costs"] !== undefined, "the header OpenEO-Costs, readable by a page");
    context.asset = assets[0].href;
  }),
  step("Connection.download", "Environment.handleErrorResponse", async ({ connection, asset }) => {
    await platformError(connection.download(`${asset}0`, false));
  }),
  step("Job.deleteJob", async ({ connection, job }) => {
    await job.deleteJob();
    await refused(connection.getJob(job.id), "JobNotFound");
  }),
  step("Connection.computeResult", async ({ connection, cube, platform }) => {
    const result = await connection.computeResult(cube, "free", 10);
    ok((await platform.text(result.data)).length > 0, "content");
    ok(typeof result.type === "string", "a media type");
    ok(Array.isArray(result.logs), "logs");
  }),
  step("Connection.downloadResult", "Environment.saveToFile", async ({ connection, cube, platform }) => {
    await connection.downloadResult(cube, platform.target("result"));
    ok(platform.size("result") > 0, "a file with content");
  }),
];

/** Steps for a platform with a file system; the client refuses them in a browser. */
export const filed = [
  step("Job.downloadResults", "Environment.downloadResults", async ({ connection, cube, platform }) => {
    const job = await connection.createJob(cube);
    await job.startJob();
    await until(async () => (await job.describeJob()).status === "finished", "the job to finish");
    const files = await job.downloadResults(platform.folder);
    equal(files.length, (await job.listResults()).length);
    await job.deleteJob();
  }),
  step("Environment.setUrl", async ({ client }) => {
    client.OpenEO.Environment.setUrl("");
  }),
];

/** Downloads that fail: the client logs the API's error, and rethrows the one of the transport. */
async function platformError(promise) {
  const error = await promise.then(() => { throw new Error("a forged signature passed"); }, (each) => each);
  equal(error.response?.status, 403, `status of "${error.message}"`);
}
