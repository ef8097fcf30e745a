/** A collector of traces: takes OTLP/JSON over real HTTP and keeps the spans. */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { eventually } from "./eventually.ts";

export interface CollectedSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly traceState?: string;
  readonly name: string;
  readonly kind: number;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly status: { readonly code?: number; readonly message?: string };
  readonly attributes: readonly { readonly key: string; readonly value: Readonly<Record<string, string>> }[];
}

export interface Collector extends AsyncDisposable {
  readonly url: string;
  readonly spans: readonly CollectedSpan[];
  readonly resources: readonly unknown[];
  readonly headers: readonly IncomingMessage["headers"][];
  /** Statuses of the next answers, in turn; then 200. */
  readonly answers: number[];
  /** The span of that name, once it is here. */
  span(name: string): Promise<CollectedSpan>;
  /** The span of that name with that attribute, once it is here. */
  spanOf(attribute: string, value: string, name: string): Promise<CollectedSpan>;
  close(): Promise<void>;
}

/** Spans leave every few seconds, on a machine that does other things too. */
const SPAN_MS = 20_000;

interface Export {
  readonly resourceSpans: readonly {
    readonly resource: unknown;
    readonly scopeSpans: readonly { readonly spans: readonly CollectedSpan[] }[];
  }[];
}

export async function startCollector(): Promise<Collector> {
  const spans: CollectedSpan[] = [];
  const resources: unknown[] = [];
  const headers: IncomingMessage["headers"][] = [];
  const answers: number[] = [];
  const take = async (req: IncomingMessage, res: ServerResponse): Promise<void> => {
    const chunks: Buffer[] = [];
    for await (const chunk of req) chunks.push(chunk);
    headers.push(req.headers);
    const status = req.url === "/v1/traces" && req.method === "POST" ? (answers.shift() ?? 200) : 404;
    if (status === 200) {
      const body: Export = JSON.parse(Buffer.concat(chunks).toString());
      for (const { resource, scopeSpans } of body.resourceSpans) {
        resources.push(resource);
        for (const scope of scopeSpans) spans.push(...scope.spans);
      }
    }
    res.writeHead(status, { "content-type": "application/json" }).end("{}");
  };
  const server = createServer((req, res) => void take(req, res));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo; // it listens on a port
  const close = async (): Promise<void> => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  return {
    ...{ url: `http://127.0.0.1:${port}`, spans, resources, headers, answers, close },
    span: (name) => eventually(`a span ${name}`, () => spans.find((one) => one.name === name), SPAN_MS),
    spanOf: (attribute, value, name) => {
      const is = (one: CollectedSpan): boolean => one.name === name && attributesOf(one)[attribute] === value;
      return eventually(`a span ${name} of ${value}`, () => spans.find(is), SPAN_MS);
    },
    [Symbol.asyncDispose]: close,
  };
}

/** A span's attributes as plain values. */
export const attributesOf = (span: CollectedSpan): Record<string, string | undefined> =>
  Object.fromEntries(span.attributes.map(({ key, value }) => [key, Object.values(value)[0]]));
