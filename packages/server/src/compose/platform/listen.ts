/** Opens the gateway of a server: on the socket that was handed over, else on its address, with TLS when there is any. */
import { createSecureContext } from "node:tls";
import { problem } from "@runagent/protocol";
import { createGateway, type Gateway, type GatewayPorts } from "../../gateway/index.ts";
import { ServeRefused } from "../serve-options.ts";
import { assertSafeAddress } from "./isolation.ts";
import type { PlatformOptions } from "./platform-options.ts";

export interface Listening {
  readonly gateway: Gateway;
  readonly url: string;
}

/** Rejects with ServeRefused. */
export async function listenAs(options: PlatformOptions, ports: GatewayPorts): Promise<Listening> {
  const { host, port, tls, behindProxy, listenFd } = options;
  if (tls !== null) assertUsable(tls);
  const gateway = createGateway(
    {
      ...{ host, port, hosts: [], anyHost: true, behindProxy },
      ...(tls === null ? {} : { tls }),
      ...(listenFd === null ? {} : { fd: listenFd }),
    },
    ports,
  );
  try {
    const { url, address } = await gateway.listen();
    assertSafeAddress({ host: address, tls, behindProxy }); // a socket that was handed over may be anywhere
    return { gateway, url };
  } catch (error) {
    await gateway.close(0);
    if (error instanceof ServeRefused) throw error;
    throw new ServeRefused(3, refusal(options, codeOf(error)), { cause: error });
  }
}

function assertUsable(tls: NonNullable<PlatformOptions["tls"]>): void {
  try {
    createSecureContext(tls);
  } catch (error) {
    const detail = `The files of --tls-cert and --tls-key are no certificate with its key (${codeOf(error)}).`;
    const hint = "Both are PEM: the chain with the server's certificate first, and that one's private key.";
    throw new ServeRefused(3, problem("INVALID_REQUEST", detail, { hint }), { cause: error });
  }
}

const codeOf = (error: unknown): string =>
  error instanceof Error && "code" in error ? String(error.code) : String(error);

function refusal({ host, port }: PlatformOptions, code: string) {
  const hint = "Name another one with --port, or --port 0 for a free one.";
  if (code === "EADDRINUSE") {
    return problem("CONFLICT", `Port ${port} on ${host} is in use by another program.`, { hint });
  }
  return problem("CONFLICT", `${host}:${port} cannot be listened on (${code}).`, { hint });
}
