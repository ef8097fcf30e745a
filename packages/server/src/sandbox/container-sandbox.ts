/** A sandbox that confines: the container of an OCI runtime. Paths in `spec` and `command` are those inside. */
import { randomInt } from "node:crypto";
import { basename, join } from "node:path";
import type { AgentSpec, LimitValues, LogRecord } from "@runagent/protocol";
import { ChannelSandbox } from "./channel-sandbox.ts";
import { Cgroup } from "./container/cgroup.ts";
import { ContainerDriver } from "./container/driver.ts";
import { AGENT_HOME, type Bind, PATH } from "./container/oci-config.ts";
import { cgroupOf, INSIDE, openPlace, type PlaceOrder } from "./container/place.ts";
import type { Runtime } from "./container/runtime.ts";
import type { Sandbox } from "./ports.ts";
import { workerCommand } from "./process/driver.ts";
import { Output } from "./process/output.ts";

export { INSIDE } from "./container/place.ts";

export interface ContainerSandboxOptions {
  readonly language: "python" | "node";
  readonly runtime: Runtime;
  readonly rootfs: string;
  /** On the host. */
  readonly agent: string;
  /** Inside: absolute. */
  readonly interpreter: string;
  readonly workerFile: string;
  readonly spec: AgentSpec;
  readonly binds: readonly Bind[];
  /** What the agent's environment has beside what every sandbox has. */
  readonly env: Readonly<Record<string, string>>;
  readonly sandboxes: string;
  /** A folder for the socket that this sandbox has alone. */
  readonly directory: string;
  readonly memoryBytes: number;
  readonly diskBytes: number;
  readonly cpu: number | null;
  /** Its namespace, when it is there; null: none but loopback. */
  readonly network: Promise<string> | null;
  readonly onLog: (record: LogRecord) => void;
  readonly limits: LimitValues;
}

/** Far from the accounts of any host; one a sandbox, so that two of them are strangers. */
const UIDS = { from: 1_000_000, to: 1_900_000 };

export function startContainerSandbox(options: ContainerSandboxOptions): Sandbox {
  const { language, interpreter, workerFile, onLog, limits, memoryBytes, cpu } = options;
  const uid = randomInt(UIDS.from, UIDS.to);
  return new ChannelSandbox({
    ...options,
    orphanSeconds: 0,
    onHost: () => undefined, // what it reaches is counted where it is dialled
    newDriver: ({ name, socket, listening }) => {
      const cgroup = new Cgroup(cgroupOf(name));
      const output = new Output({ onLog, maxLine: limits.log_line, maxTail: limits.last_output });
      const onOutput: PlaceOrder["onOutput"] = (from, stream) => output.read(from, stream);
      const place = openPlace({
        ...options,
        id: name,
        uid,
        socket,
        listening,
        cgroup,
        resources: { memoryBytes, cpu },
        onOutput,
      });
      place.catch(() => undefined); // told by the first launch
      return new ContainerDriver({
        place,
        cgroup,
        command: workerCommand({ language, interpreter, workerFile, nodeArgs: [] }),
        env: { PATH, HOME: AGENT_HOME, USER: "agent", LANG: "C.UTF-8", ...options.env },
        socket: join(INSIDE.socket, basename(socket)),
        output,
        limits,
      });
    },
  });
}
