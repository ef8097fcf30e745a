/** `runagent server`: the platform, on this machine. */
import type { CommandCall, CommandSpec } from "../../command.ts";
import { platformOptions } from "../../platform-options.ts";
import { parsePort } from "../../port.ts";
import { DATA_OPTION } from "./data-option.ts";

export const serverStart: CommandSpec = {
  name: "server",
  summary: "run the platform on this machine: agents are deployed to it",
  options: [
    DATA_OPTION,
    { flags: "--host <host>", about: "the address to listen on", fallback: "127.0.0.1" },
    { flags: "--port <port>", about: "the port; 0: a free one", parse: parsePort, fallback: 8460 },
    {
      flags: "--isolation <kind>",
      about: "what agents are shut in by; none: by nothing, for your own code only",
      choices: ["auto", "container", "gvisor", "none"],
      fallback: "auto",
    },
    { flags: "--tls-cert <file>", about: "the certificate chain, PEM" },
    { flags: "--tls-key <file>", about: "its private key, PEM" },
    { flags: "--behind-proxy", about: "a proxy in front ends TLS and says who calls" },
    { flags: "--disk-reserve <size>", about: "space that stays free; left out: 2 GiB or 5 %, the smaller" },
    { flags: "--drain-timeout <time>", about: "how long runs may go on at SIGTERM", fallback: "10s" },
    { flags: "--egress-private <cidr>", about: "private addresses that agents may reach", repeats: true },
    { flags: "--map-host <name=address>", about: "NAME[:PORT]=ADDRESS:PORT; where a name leads", repeats: true },
    { flags: "--log-format <format>", about: "how lines are written", choices: ["text", "json"], fallback: "text" },
  ],
  examples: [
    { line: "runagent server", about: "on http://127.0.0.1:8460; prints a code for `runagent login`" },
    { line: "runagent server --data /srv/runagent --port 0 --json", about: "the first line of output is JSON" },
    { line: "runagent server --host 0.0.0.0 --tls-cert chain.pem --tls-key key.pem", about: "for other machines" },
  ],
  run: runServer,
};

async function runServer(call: CommandCall): Promise<number> {
  const server = await import("@runagent/server/platform");
  const running = await server.startPlatform(platformOptions(call));
  const code = await running.closed;
  call.signal.throwIfAborted(); // whoever interrupted it decides the exit code
  return code;
}
