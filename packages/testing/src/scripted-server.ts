/** A real HTTP server that answers what a test wrote down, cuts connections where told, and remembers what was asked. */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
}

export type Answer = (asked: Asked, response: ServerResponse) => void | Promise<void>;

export interface ScriptedServer {
  readonly url: string;
  readonly asked: readonly Asked[];
  close(): Promise<void>;
}

/** `"POST /v1/runs": [first answer, second answer …]`; the last one of a list stays. */
export async function scriptedServer(script: Readonly<Record<string, readonly Answer[]>>): Promise<ScriptedServer> {
  const asked: Asked[] = [];
  const counts = new Map<string, number>();
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    let body = "";
    for await (const piece of request) body += piece;
    const path = request.url ?? "";
    const one = { method: request.method ?? "", path, headers: request.headers, body };
    asked.push(one);
    const route = `${one.method} ${path.split("?")[0]}`;
    const answers = script[route] ?? [json(404, { detail: `no ${route}`, code: "NOT_FOUND" })];
    const count = counts.get(route) ?? 0;
    counts.set(route, count + 1);
    await answers[Math.min(count, answers.length - 1)]?.(one, response);
  };
  const server = createServer((request, response) => {
    // A client that breaks off amid its request is an ordinary ending here.
    answer(request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo; // a TCP server has one
  return {
    url: `http://127.0.0.1:${port}`,
    asked,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

export function json(status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): Answer {
  return (_, response) => {
    response.writeHead(status, { "content-type": "application/json", "runagent-run-id": "run_1", ...headers });
    response.end(typeof body === "string" ? body : JSON.stringify(body));
  };
}

/** The text as an event stream; `cut`: the connection breaks after it. */
export function sse(text: string, options: { readonly cut?: boolean; readonly open?: boolean } = {}): Answer {
  return (_, response) => {
    response.writeHead(200, { "content-type": "text/event-stream", "runagent-run-id": "run_1" });
    response.write(text, () => {
      if (options.cut === true) response.destroy();
      else if (options.open !== true) response.end();
    });
  };
}

export const event = (n: number, type: string, data: unknown): string =>
  `id: ${n}\nevent: ${type}\ndata: ${JSON.stringify(data)}\n\n`;
