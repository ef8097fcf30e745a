/** `runagent audit`: who did what on a server. */
import type { AuditEntry } from "@runagent/sdk";
import type { CommandSpec } from "../command.ts";
import { connectToPlatform } from "../connect.ts";
import { EXIT } from "../exit-codes.ts";
import { table } from "../table.ts";

export const audit: CommandSpec = {
  name: "audit",
  summary: "list who did what on a server, newest first",
  examples: [{ line: "runagent audit --json", about: "every entry that the server lists" }],
  async run(call) {
    const items: AuditEntry[] = [];
    for await (const one of connectToPlatform(call).access.audit({ signal: call.signal })) items.push(one);
    if (call.output.json) call.output.document({ items });
    else call.output.line(table(["AT", "WHO", "WHAT", "TO", "FROM"], items.map(row)));
    return EXIT.ok;
  },
};

const row = ({ at, by, action, target, detail, address }: AuditEntry): string[] => [
  at,
  by ?? "server",
  detail === null ? action : `${action} (${detail})`,
  target ?? "",
  address ?? "",
];
