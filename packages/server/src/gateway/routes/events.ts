/** `GET /v1/runs/{id}/events`: replays what there was, then follows. */
import { RunAgentError } from "@runagent/protocol";
import type { Exchange } from "../exchange.ts";
import { formOf } from "../http/accept.ts";
import { answerNothing } from "../http/answer.ts";
import { wholeNumber } from "../http/query.ts";
import { streamEvents } from "../stream/event-stream.ts";
import { filterOf } from "../stream/filter.ts";
import { NDJSON, SSE } from "../stream/format.ts";

export async function runEvents(exchange: Exchange): Promise<void> {
  const query = exchange.query(["after", "types"]);
  const filter = filterOf(query.get("types"));
  const after = afterOf(exchange.header("last-event-id"), query.get("after"));
  const handle = exchange.context.ports.runs.get(exchange.caller, exchange.param("id"));
  const { events } = handle;
  if (events.ended && after >= events.last) return answerNothing(exchange, FRESH);
  // Before any header is out: those events may be gone.
  events.slice(after, 1);
  const format = formOf(exchange.req.headers.accept) === "ndjson" ? NDJSON : SSE;
  if (exchange.req.method === "HEAD") {
    exchange.res.writeHead(200, ["Content-Type", format.type, ...FRESH]).end();
    return;
  }
  exchange.context.readers.checkRoom();
  await streamEvents(exchange, handle, { format, filter, after, headers: [] });
}

const FRESH = ["Cache-Control", "no-store"];

/** `Last-Event-ID` wins: a browser that connects again sends it beside the address it began with. */
function afterOf(header: string | null, parameter: string | undefined): number {
  const text = header ?? parameter;
  if (text === undefined) return 0;
  const after = wholeNumber(text);
  if (after !== null) return after;
  const name = header === null ? '"after"' : "`Last-Event-ID`";
  throw new RunAgentError("INVALID_REQUEST", `${name} is the number of an event, not ${JSON.stringify(text)}.`);
}
