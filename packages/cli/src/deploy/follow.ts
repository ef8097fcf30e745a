/** Follows a deployment to its end. Whoever interrupts takes it back: nothing of it stays. */
import type { DeploymentEvent, RunAgent } from "@runagent/sdk";
import type { CommandCall } from "../command.ts";
import { EXIT, exitOf } from "../exit-codes.ts";
import { CommandFailure } from "../failure.ts";
import { problemText } from "../report.ts";
import type { Steps } from "./steps.ts";

interface Following {
  readonly client: RunAgent;
  readonly id: string;
  readonly steps: Steps;
}

const CANCEL_MS = 5000;
/** The client has told them already. */
const OURS = new Set(["bundle", "upload"]);

export async function follow(call: CommandCall, { client, id, steps }: Following): Promise<number> {
  const { signal } = call;
  const cancel = (): void => {
    client.deployments.cancel(id, { signal: AbortSignal.timeout(CANCEL_MS) }).catch(() => undefined); // it ended meanwhile
  };
  signal.addEventListener("abort", cancel, { once: true });
  try {
    for await (const event of client.deployments.events(id)) {
      const code = tell(call, { event, steps, url: client.url });
      if (code !== null) {
        signal.throwIfAborted();
        if (event.event === "deployed" && event.changed) await tellPackages(call, client, event);
        return code;
      }
    }
  } finally {
    signal.removeEventListener("abort", cancel);
  }
  throw new CommandFailure(EXIT.unreachable, `The connection ended before ${id} did.`, "Look: runagent versions");
}

/** What is installed is another than in the version before; who may not read versions is not told. */
async function tellPackages({ output, signal }: CommandCall, client: RunAgent, done: Done): Promise<void> {
  const diff = await client.deployments.diff(done.agent, done.version, { signal }).catch(() => null); // the first has none before
  if (diff === null) return;
  const { added, removed } = diff.packages;
  const lines = [...removed.map((one) => `- ${one}`), ...added.map((one) => `+ ${one}`)];
  if (lines.length === 0) return;
  const more =
    lines.length > SHOWN ? ` and ${lines.length - SHOWN} more: runagent versions --diff ${done.version}` : "";
  output.note(`Packages changed since ${diff.against}: ${lines.slice(0, SHOWN).join(", ")}${more}`);
}

type Done = Extract<DeploymentEvent, { readonly event: "deployed" }>;
const SHOWN = 20;

interface Told {
  readonly event: DeploymentEvent;
  readonly steps: Steps;
  readonly url: string;
}

/** The exit code, when it was the end. */
function tell({ output }: CommandCall, { event, steps, url }: Told): number | null {
  switch (event.event) {
    case "step":
      if (!OURS.has(event.name)) steps.tell(event.name, event.ms);
      return null;
    case "log":
      output.progress(event.line);
      return null;
    case "deployed":
      if (output.json) output.document({ ...event, url: url + event.url, ms: steps.ms });
      else {
        const what = event.changed ? "is live" : "was live already, nothing changed";
        output.line(`${event.agent}@${event.version} ${what}: ${url}${event.url}  (${steps.ms} ms)`);
        if (event.left_out.length > 0) output.note(`Left out: ${event.left_out.join(", ")}`);
      }
      return EXIT.ok;
    case "failed":
      if (output.json) output.document(event);
      else output.error(problemText(event, output));
      return exitOf(event);
  }
}
