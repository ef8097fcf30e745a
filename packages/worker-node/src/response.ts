/**
 * A `Response` that a function returned passes through by its type: JSON is the output, an event stream's items are
 * chunks (the AI SDK's UI messages are mapped), text is `text`, anything else is bytes.
 */
import { deliverUiPart, isUiPart } from "./adapters/ai-result.ts";
import { parseExact } from "./exact-json.ts";
import type { Flow } from "./flow.ts";
import { type AnyIterator, pull, readerOf } from "./pulling.ts";
import type { Run } from "./run.ts";

export async function deliverResponse(run: Run, response: Response, flow: Flow): Promise<void> {
  const type = (response.headers.get("content-type") ?? "").split(";")[0]?.trim().toLowerCase() ?? "";
  if (type === "application/json" || type.endsWith("+json")) {
    const text = await response.text();
    return run.succeed("value", text === "" ? null : parseExact(text));
  }
  if (type === "text/event-stream") return deliverSse(run, response, flow);
  if (type.startsWith("text/")) return run.succeed("value", await deliverText(run, response, flow));
  run.succeed("value", await response.bytes());
}

async function deliverText(run: Run, response: Response, flow: Flow): Promise<string> {
  let whole = "";
  await pull(run, textsOf(response), async (item) => {
    const delta = String(item);
    whole += delta;
    run.event("text", { delta });
    await flow.pace(run);
  });
  return whole;
}

async function deliverSse(run: Run, response: Response, flow: Flow): Promise<void> {
  const ui = response.headers.has("x-vercel-ai-ui-message-stream");
  const events = new SseData();
  let whole = "";
  await pull(run, textsOf(response), async (text) => {
    for (const data of events.push(String(text))) {
      const item = parsed(data);
      if (ui && isUiPart(item)) whole += deliverUiPart(run, item);
      else run.event("chunk", item);
      await flow.pace(run);
    }
  });
  if (ui) run.succeed("value", whole);
  else run.succeed("stream", undefined);
}

function textsOf(response: Response): AnyIterator {
  return response.body === null ? [][Symbol.iterator]() : readerOf(response.body);
}

/** Text of an event stream in any cutting; gives the `data` of each whole event. An unfinished last one is dropped. */
class SseData {
  #rest = "";

  push(text: string): readonly string[] {
    const events = (this.#rest + text).replaceAll("\r\n", "\n").split("\n\n");
    this.#rest = events.pop() ?? "";
    return events.map(dataOf).filter((data) => data !== "" && data !== "[DONE]");
  }
}

function dataOf(event: string): string {
  const lines = event.split("\n").filter((line) => line.startsWith("data:"));
  return lines.map((line) => line.slice(line[5] === " " ? 6 : 5)).join("\n");
}

function parsed(text: string): unknown {
  try {
    return parseExact(text);
  } catch {
    return text; // an event stream may hold plain text
  }
}
