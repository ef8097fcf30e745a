/** A gateway on a free port for one test, and ways to talk to it. */
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { onTestFinished } from "vitest";
import { createGateway, type Gateway } from "../../src/gateway/index.ts";
import { FakeWorld } from "./fake-ports.ts";

export interface Serving {
  readonly world: FakeWorld;
  readonly gateway: Gateway;
  readonly url: string;
  readonly port: number;
}

export async function serving(
  change: (world: FakeWorld) => void = () => {},
  limits: Readonly<Record<string, number>> = {},
): Promise<Serving> {
  const world = new FakeWorld();
  change(world);
  const gateway = createGateway({ host: "127.0.0.1", port: 0, hosts: ["my.host"], limits }, world.ports());
  onTestFinished(() => gateway.close(0));
  return { world, gateway, ...(await gateway.listen()) };
}

export function post(url: string, body: string, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(url, { method: "POST", body, headers });
}

/** A problem, as far as tests look at it. */
export async function problemIn(response: Response): Promise<{
  readonly code: string;
  readonly status: number;
  readonly detail: string;
  readonly run_id?: string;
  readonly errors?: readonly { readonly pointer: string; readonly detail: string }[];
}> {
  const type = response.headers.get("content-type");
  if (type !== "application/problem+json") throw new Error(`no problem but ${type}: ${await response.text()}`);
  return JSON.parse(await response.text());
}

/** A bare connection: what is written goes out as it is. */
export async function rawConnection(port: number): Promise<Socket> {
  const socket = connect(port, "127.0.0.1");
  onTestFinished(() => void socket.destroy());
  await once(socket, "connect");
  return socket;
}

/** Everything until the server closes. */
export async function untilClosed(socket: Socket): Promise<string> {
  let text = "";
  socket.on("data", (bytes) => {
    text += bytes.toString();
  });
  await once(socket, "close");
  return text;
}

/** Sends one request on its own connection and reads to its end. */
export async function raw(port: number, request: string): Promise<string> {
  const socket = await rawConnection(port);
  socket.write(request);
  return untilClosed(socket);
}
