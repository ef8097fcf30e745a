/**
 * A `Response` that a function returned passes through by its type: JSON is the output, an event stream's items are
 * chunks (the AI SDK's UI messages are mapped), text is `text`, anything else is bytes.
 */
import { deliverUiPart, isUiPart } from "./adapters/ai-result.ts";
import { parseExact } from "./exact-json.ts";
import type { Flow } from "./flow.ts";
import { pull } from "./pulling.ts";
import type { Run } from "./run.ts";

export async function deliverResponse(run: Run, response: Response, flow: Flow): Promise<void> {
  const type = (response.headers.get("content-type") ?? "").split(";")[0]?.trim().toLowerCase() ?? "";
  if (type === "application/json" || type.endsWith("+json")) {
    const text = await response.text();
    return run.succeed("value", text === "" ? null : parseExact(text));
  }
  if (type === "text/event-stream") return run.succeed("stream", await deliverSse(run, response, flow));
  if (type.startsWith("text/")) return run.succeed("value", await deliverText(run, response, flow));
  run.succeed("value", await response.bytes());
}

async function deliverText(run: Run, response: Response, flow: Flow): Promise<string> {
  let whole = "";
  await pull(run, texts(response), async (item) => {
    const delta = String(item);
    whole += delta;
    run.event("text", { delta });
    await flow.pace(run);
  });
  return whole;
}

async function deliverSse(run: Run, response: Response, flow: Flow): Promise<unknown> {
  const ui = response.headers.has("x-vercel-ai-ui-message-stream");
  let whole = "";
  await pull(run, sseData(texts(response)), async (data) => {
    const item = parsed(String(data));
    if (ui && isUiPart(item)) whole += deliverUiPart(run, item);
    else run.event("chunk", item);
    await flow.pace(run);
  });
  return ui ? whole : undefined;
}

async function* texts(response: Response): AsyncGenerator<string, undefined> {
  const decoder = new TextDecoder();
  for await (const bytes of response.body ?? []) {
    const text = decoder.decode(bytes, { stream: true });
    if (text !== "") yield text;
  }
  const rest = decoder.decode();
  if (rest !== "") yield rest;
  return undefined;
}

/** The `data` of each event. */
async function* sseData(source: AsyncIterable<string>): AsyncGenerator<string, undefined> {
  let rest = "";
  for await (const text of source) {
    const events = (rest + text).replaceAll("\r\n", "\n").split("\n\n");
    rest = events.pop() ?? "";
    for (const event of events) yield* dataOf(event);
  }
  yield* dataOf(rest);
  return undefined;
}

function* dataOf(event: string): Generator<string> {
  const lines = event.split("\n").filter((line) => line.startsWith("data:"));
  const data = lines.map((line) => line.slice(line[5] === " " ? 6 : 5)).join("\n");
  if (data !== "" && data !== "[DONE]") yield data;
}

function parsed(text: string): unknown {
  try {
    return parseExact(text);
  } catch {
    return text; // an event stream may hold plain text
  }
}
