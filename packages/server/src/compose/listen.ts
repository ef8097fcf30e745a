/** Opens the gateway where the user said; a default port that is taken gives way to a free one, a named one is an error. */
import { problem } from "@runagent/protocol";
import { createGateway, type Gateway, type GatewayPorts } from "../gateway/index.ts";
import { type ServeOptions, ServeRefused } from "./serve-options.ts";

export interface Listening {
  readonly gateway: Gateway;
  readonly url: string;
}

export async function listenSomewhere(options: ServeOptions, ports: GatewayPorts): Promise<Listening> {
  try {
    return await open(options, options.port, ports);
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    if (code === "EADDRINUSE" && !options.portExplicit) return open(options, 0, ports);
    throw new ServeRefused(3, refusal(options, String(code)), { cause: error });
  }
}

async function open({ host }: ServeOptions, port: number, ports: GatewayPorts): Promise<Listening> {
  const gateway = createGateway({ host, port, hosts: [] }, ports);
  const { url } = await gateway.listen();
  return { gateway, url };
}

function refusal({ host, port }: ServeOptions, code: string) {
  switch (code) {
    case "EADDRINUSE":
      return problem("CONFLICT", `Port ${port} on ${host} is in use by another program.`, {
        hint: "Name another one with --port, or --port 0 for a free one.",
      });
    case "EACCES":
      return problem("CONFLICT", `Port ${port} may not be opened by this user.`, {
        hint: "Ports below 1024 need rights; take a higher one.",
      });
    default:
      return problem("CONFLICT", `${host}:${port} cannot be listened on (${code}).`, {
        hint: "--host takes an address of this machine.",
      });
  }
}
