/** `runagent key create`: an API key, shown once. */

import { parseDuration } from "@runagent/protocol";
import { SCOPES, type Scope } from "@runagent/protocol/access";
import { InvalidArgumentError } from "commander";
import type { CommandSpec } from "../../command.ts";
import { connectToPlatform } from "../../connect.ts";
import { EXIT } from "../../exit-codes.ts";
import { CommandFailure } from "../../failure.ts";

export const keyCreate: CommandSpec = {
  name: "key create",
  summary: "make an API key; it is shown this once",
  options: [
    { flags: "--scope <scope>", about: `one of ${SCOPES.join(", ")}; left out: run`, repeats: true },
    { flags: "--agent <name>", about: "for this agent only", repeats: true },
    { flags: "--expires <time>", about: "after this time, e.g. 30d", parse: parseTime },
    { flags: "--rate <n/s>", about: "calls in a second, e.g. 10/s", parse: parseRate },
    { flags: "--concurrency <n>", about: "runs at a time", parse: parseCount },
  ],
  examples: [
    { line: "runagent key create --agent support --rate 10/s", about: "for the callers of one agent" },
    { line: "runagent key create --scope deploy --scope read --expires 90d", about: "for a pipeline" },
  ],
  async run(call) {
    const { options, output, signal } = call;
    const scopes = options.list("scope").map(scopeOf);
    const agents = options.list("agent");
    const [expiresIn, rate, concurrency] = ["expires", "rate", "concurrency"].map((name) => options.number(name));
    const key = await connectToPlatform(call).access.createKey({
      ...(scopes.length > 0 ? { scopes } : {}),
      ...(agents.length > 0 ? { agents } : {}),
      ...(expiresIn === undefined ? {} : { expiresIn }),
      ...(rate === undefined ? {} : { rate }),
      ...(concurrency === undefined ? {} : { concurrency }),
      signal,
    });
    if (output.json) output.document(key);
    else {
      output.line(key.key);
      output.note(`${key.id} (${key.scopes.join(", ")}). Keep it: it is not shown again.`);
    }
    return EXIT.ok;
  },
};

function scopeOf(text: string): Scope {
  const scope = SCOPES.find((one) => one === text);
  if (scope !== undefined) return scope;
  throw new CommandFailure(EXIT.usage, `${text} is no scope.`, `There are ${SCOPES.join(", ")}.`);
}

/** Seconds. */
function parseTime(text: string): number {
  const ms = parseDuration(text);
  if (ms !== undefined && ms > 0) return ms / 1000;
  throw new InvalidArgumentError("Write times like 12h or 30d.");
}

function parseRate(text: string): number {
  const rate = Number(/^(\d+(?:\.\d+)?)(?:\/s)?$/.exec(text)?.[1]);
  if (rate > 0) return rate;
  throw new InvalidArgumentError("Write rates like 10/s.");
}

function parseCount(text: string): number {
  const count = Number(text);
  if (Number.isInteger(count) && count > 0) return count;
  throw new InvalidArgumentError("Write a whole number above 0.");
}
