/** `runagent logout`: forgets a server's key here, and revokes it there when it may. */
import { RunAgent } from "@runagent/sdk";
import type { CommandSpec } from "../command.ts";
import { EXIT } from "../exit-codes.ts";
import { CommandFailure } from "../failure.ts";
import { findTarget, readTargets, writeTargets } from "../targets.ts";

export const logout: CommandSpec = {
  name: "logout",
  summary: "forget the key of the current target, or of the one that --target names",
  examples: [{ line: "runagent logout", about: "an admin's key is revoked on the server too" }],
  async run({ options, settings, output, signal }) {
    const all = readTargets(settings.configFolder);
    const target = findTarget(all, options.text("target"));
    if (target === undefined) throw new CommandFailure(EXIT.invalid, "Nobody is logged in.");
    const revoked = await revoke(target.url, target.key, signal);
    const targets = all.targets.filter((one) => one !== target);
    const current = all.current === target.name ? (targets[0]?.name ?? null) : all.current;
    writeTargets(settings.configFolder, { current, targets });
    if (output.json) output.document({ target: target.name, revoked });
    else output.line(`Logged out of ${target.url}${revoked ? "; the key is revoked" : ""}.`);
    return EXIT.ok;
  },
};

/** Only admins may; a server that is gone has no say. */
async function revoke(url: string, apiKey: string, signal: AbortSignal): Promise<boolean> {
  const { access } = new RunAgent({ url, apiKey });
  try {
    const { id } = await access.whoami({ signal });
    await access.revokeKey(id, { signal });
    return true;
  } catch {
    signal.throwIfAborted();
    return false;
  }
}
