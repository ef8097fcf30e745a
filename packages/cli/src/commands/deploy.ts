/** `runagent deploy`: puts the agent of a folder on a server. Each step is told with its time; Ctrl-C takes it back. */
import { realpathSync } from "node:fs";
import { relative, resolve } from "node:path";
import { gather } from "../bundle/gather.ts";
import { hashed, send } from "../bundle/send.ts";
import type { CommandCall, CommandSpec } from "../command.ts";
import { connectToPlatform } from "../connect.ts";
import { readDeployable } from "../deploy/deployable.ts";
import { allowSeenHosts } from "../deploy/egress-seen.ts";
import { follow } from "../deploy/follow.ts";
import { settleSecrets } from "../deploy/secrets.ts";
import { Steps } from "../deploy/steps.ts";
import { EXIT } from "../exit-codes.ts";
import { report } from "../report.ts";

export const deploy: CommandSpec = {
  name: "deploy",
  summary: "put the agent of a folder on a server; what is unchanged is not sent again",
  arguments: [{ syntax: "[path]", about: "the agent's folder; left out: this one" }],
  options: [
    { flags: "--env-file <file>", about: "where secrets are offered from; left out: .env" },
    { flags: "--dry-run", about: "say what would be sent, and send nothing" },
    { flags: "--detach", about: "do not wait for its end" },
    { flags: "--message <text>", about: "what this version is about" },
    { flags: "--yes", about: "ask nothing" },
  ],
  examples: [
    { line: "runagent deploy", about: "bundle, upload, build, start, check, switch" },
    { line: "runagent deploy --dry-run --json", about: "the files, and what is left out" },
  ],
  run: runDeploy,
};

/** As events, also what fails before the server has it: the last line is `deployed` or `failed`. */
async function runDeploy(call: CommandCall): Promise<number> {
  const { output, signal } = call;
  const steps = new Steps(output);
  try {
    return await deployFolder(call, steps);
  } catch (error) {
    if (!output.json || signal.aborted) throw error;
    return report(error, output, { event: "failed", step: steps.now });
  }
}

async function deployFolder(call: CommandCall, steps: Steps): Promise<number> {
  const { options, settings, output, signal } = call;
  const folder = resolve(settings.workingFolder, call.arguments[0] ?? ".");
  const agent = await readDeployable(folder, call);
  await allowSeenHosts(call, folder, agent);
  const { files, leftOut } = gather(agent.root);
  const inside = relative(agent.root, realpathSync(folder)).replaceAll("\\", "/");
  const bundle = await steps.in("bundle", () => hashed(files));
  if (options.flag("dry-run") || options.flag("dryRun")) return dryRun(call, { agent: agent.name, files, leftOut });
  const client = connectToPlatform(call);
  await settleSecrets(call, { client, folder, agent });
  await steps.in("upload", () =>
    send(bundle, {
      client: client.deployments,
      signal,
      progress: (sent, all) => output.progress(`sent ${sent} of ${all} bytes`),
    }),
  );
  const message = options.text("message");
  const started = await client.deployments.start(
    agent.name,
    bundle.map((one) => one.entry),
    { leftOut, signal, ...(inside === "" ? {} : { folder: inside }), ...(message === undefined ? {} : { message }) },
  );
  if (!options.flag("detach")) return follow(call, { client, id: started.id, steps });
  if (output.json) output.document({ event: "started", id: started.id, agent: agent.name });
  else output.line(`${started.id} has begun.`);
  return EXIT.ok;
}

interface DryRun {
  readonly agent: string;
  readonly files: readonly { readonly path: string; readonly size: number }[];
  readonly leftOut: readonly string[];
}

function dryRun({ output }: CommandCall, { agent, files, leftOut }: DryRun): number {
  const bytes = files.reduce((sum, { size }) => sum + size, 0);
  const shown = files.map(({ path, size }) => ({ path, size }));
  if (output.json) output.document({ event: "dry_run", agent, files: shown, bytes, left_out: leftOut });
  else {
    for (const { path, size } of files) output.line(`${path}  ${size}`);
    output.line(`${files.length} files of ${agent}, ${bytes} bytes.`);
    if (leftOut.length > 0) output.line(`Left out: ${leftOut.join(", ")}`);
  }
  return EXIT.ok;
}
