// The file workspace of a user.

import { equal, ok, refused, step } from "../harness.mjs";
import { pagesOf } from "./discovery.mjs";

const PATHS = ["walk/a.txt", "walk/b.txt"];

export default [
  step(
    "Connection.getFile", "UserFile.uploadFile", "Environment.dataForUpload",
    async ({ connection, platform }) => {
      const progress = [];
      const file = await connection.getFile(PATHS[0]);
      await file.uploadFile(platform.source("a.txt", "first"), (percent) => progress.push(percent));
      equal([file.path, file.size], [PATHS[0], 5]);
      ok(!Number.isNaN(Date.parse(file.modified)), "the time of the change");
    },
  ),
  step("Connection.uploadFile", async ({ connection, platform }) => {
    const file = await connection.uploadFile(platform.source("b.txt", "second"), PATHS[1]);
    equal(file.size, 6);
  }),
  step("Environment.fileNameForUpload", "Connection.uploadFile", async ({ connection, platform }) => {
    const file = await connection.uploadFile(platform.source("c.txt", "third"));
    equal(file.path, "c.txt");
    await file.deleteFile();
  }),
  step("Connection.listFiles", "Connection.paginateFiles", async ({ connection }) => {
    const files = await connection.listFiles();
    equal(files.map(({ path }) => path).sort(), PATHS);
    equal((await pagesOf(connection.paginateFiles(1), "path")).sort(), PATHS);
  }),
  step("UserFile.retrieveFile", async ({ connection, platform }) => {
    const file = await connection.getFile(PATHS[1]);
    equal(await platform.text(await file.retrieveFile()), "second");
    const again = await connection.uploadFile(platform.source("b.txt", "2"), PATHS[1]);
    equal(await platform.text(await again.retrieveFile()), "2", "content after another upload");
  }),
  step("UserFile.downloadFile", async ({ connection, platform }) => {
    const file = await connection.getFile(PATHS[0]);
    await file.downloadFile(platform.target("downloaded"));
    equal(platform.size("downloaded"), 5);
  }),
  step("UserFile.deleteFile", async ({ connection }) => {
    for (const file of await connection.listFiles()) {
      await file.deleteFile();
    }
    equal((await connection.listFiles()).length, 0);
    await refused((await connection.getFile(PATHS[0])).deleteFile(), "FileNotFound");
  }),
];
