/**
 * What is served, for one open playground: said at once, and again after every load that changed it. Without it the page
 * would have to ask again and again. It ends with its reader, or when the server begins to stop.
 */
import type { Exchange } from "../exchange.ts";
import { addCommon } from "../http/common-headers.ts";

export class StateStream {
  readonly #exchange: Exchange;
  #said = "";

  constructor(exchange: Exchange) {
    this.#exchange = exchange;
  }

  open(): void {
    const { context, res } = this.#exchange;
    const head = ["Content-Type", "text/event-stream", "Cache-Control", "no-store", "X-Accel-Buffering", "no"];
    addCommon(head, this.#exchange);
    res.writeHead(200, head);
    const forget = context.ports.agents.onChange(() => this.#say());
    this.#exchange.onOver = () => {
      forget();
      context.readers.remove(this);
    };
    context.readers.add(this);
    this.#say();
  }

  ping(): void {
    if (!this.#exchange.res.writableNeedDrain && !this.#exchange.over) this.#exchange.res.write(": ping\n\n");
  }

  leave(): void {
    this.#exchange.res.end();
  }

  #say(): void {
    const { ports } = this.#exchange.context;
    const readiness = ports.agents.readiness();
    const problem = readiness.ready ? null : readiness.problem;
    const agents = ports.agents.list(this.#exchange.caller);
    const text = JSON.stringify({ ready: readiness.ready, problem, agents, version: ports.info().version });
    if (text === this.#said || this.#exchange.over) return;
    this.#said = text;
    this.#exchange.res.write(`retry: 1000\nevent: state\ndata: ${text}\n\n`);
  }
}
