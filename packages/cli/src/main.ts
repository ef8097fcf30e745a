/** The program `runagent`. The one module that does something when it is loaded. */
import { enableCompileCache } from "node:module";
import { homedir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { readSettings } from "./settings.ts";

const settings = readSettings({
  env: process.env,
  pid: process.pid,
  program: fileURLToPath(new URL("../bin/runagent", import.meta.url)),
  platform: process.platform,
  userFolder: homedir(),
  workingFolder: process.cwd(),
});
enableCompileCache(join(settings.cacheFolder, "cache", "cli"));

for (const stream of [process.stdout, process.stderr]) {
  stream.on("error", (error: NodeJS.ErrnoException) => {
    // `runagent … | head`: nobody reads on, and nobody minds.
    process.exit(error.code === "EPIPE" ? 0 : 1);
  });
}

// Loaded after the compile cache is on: it is most of the program.
const { runCli } = await import("./cli.ts");
const exitCode = await runCli(process.argv.slice(2), settings, process);
// Connections that are kept for another request would hold the process; what was written goes out first.
await Promise.all(
  [process.stdout, process.stderr].map((stream) => new Promise((resolve) => stream.write("", resolve))),
);
process.exit(exitCode);
