/** `runagent versions`: what was deployed of an agent, and what is live. */
import type { VersionView } from "@runagent/sdk";
import type { CommandSpec } from "../command.ts";
import { connectToPlatform } from "../connect.ts";
import { EXIT } from "../exit-codes.ts";
import { agentHere } from "../run-words.ts";
import { table } from "../table.ts";

export const versions: CommandSpec = {
  name: "versions",
  summary: "list the versions of an agent, newest first; or what two of them differ in",
  arguments: [{ syntax: "[agent]", about: "left out: the agent of this folder" }],
  options: [{ flags: "--diff <version>", about: "what this version changed against the one before" }],
  examples: [
    { line: "runagent versions support", about: "live, warm (switches at once) or cold" },
    { line: "runagent versions support --diff v7", about: "files, packages and config" },
  ],
  async run(call) {
    const { options, output, signal } = call;
    const client = connectToPlatform(call);
    const agent = call.arguments[0] ?? (await agentHere(call, client));
    const version = options.text("diff");
    if (version !== undefined) {
      const diff = await client.deployments.diff(agent, version, { signal });
      if (output.json) output.document(diff);
      else output.line(diffText(diff));
      return EXIT.ok;
    }
    const items: VersionView[] = [];
    for await (const one of client.deployments.versions(agent, { signal })) items.push(one);
    if (output.json) output.document({ items });
    else output.line(table(["VERSION", "STATUS", "CREATED", "BY", "MESSAGE"], items.map(row)));
    return EXIT.ok;
  },
};

const row = ({ version, status, created_at, by, message }: VersionView): string[] => [
  version,
  status,
  created_at,
  by ?? "",
  message ?? "",
];

interface Diff {
  readonly version: string;
  readonly against: string;
  readonly files: {
    readonly added: readonly string[];
    readonly changed: readonly string[];
    readonly removed: readonly string[];
  };
  readonly config: readonly { readonly pointer: string; readonly before: unknown; readonly after: unknown }[];
}

function diffText({ version, against, files, config }: Diff): string {
  const said = (mark: string, all: readonly string[]): string[] => all.map((one) => `${mark} ${one}`);
  const lines = [...said("+", files.added), ...said("~", files.changed), ...said("-", files.removed)];
  const changed = config.map(({ pointer, before, after }) => {
    return `config ${pointer}: ${JSON.stringify(before) ?? "none"} → ${JSON.stringify(after) ?? "none"}`;
  });
  return [`${version} against ${against}:`, ...lines, ...changed].join("\n");
}
