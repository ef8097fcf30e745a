/** Events of a run as they come: for a person the text, for a program one JSON a line. */
import { jsonMembers } from "@runagent/protocol/json-text";
import { RunAgentError, type StreamEvent } from "@runagent/sdk";
import { EXIT, exitOf } from "./exit-codes.ts";
import type { Output } from "./output.ts";
import { readableJson } from "./pretty-json.ts";

/** Prints all of them. Throws what the events throw, for a person; for a program the ending is a line already. */
export async function printStream(events: AsyncIterable<StreamEvent>, output: Output): Promise<number> {
  if (output.json) return printLines(events, output);
  const reader = new PersonReader(output);
  try {
    for await (const event of events) reader.take(event);
  } finally {
    reader.endLine();
  }
  return EXIT.ok;
}

/** The ending is the last line: it is not said again. */
async function printLines(events: AsyncIterable<StreamEvent>, output: Output): Promise<number> {
  let ended: number | undefined;
  try {
    for await (const event of events) {
      output.line(`{"n":${event.n},"type":${JSON.stringify(event.type)},"data":${event.raw}}`);
      ended = endingOf(event) ?? ended;
    }
  } catch (error) {
    if (ended === undefined) throw error;
  }
  return ended ?? EXIT.ok;
}

function endingOf(event: StreamEvent): number | undefined {
  if (event.type === "error") return exitOf(RunAgentError.from(event.data).problem);
  return event.type === "cancelled" ? EXIT.agent : undefined;
}

class PersonReader {
  readonly #output: Output;
  #printed = false;
  #openLine = false;

  constructor(output: Output) {
    this.#output = output;
  }

  take(event: StreamEvent): void {
    switch (event.type) {
      case "text":
        this.#text(event.data.delta);
        break;
      case "chunk":
        // A string comes again as `text`.
        if (typeof event.data !== "string") this.#whole(event.raw);
        break;
      case "result":
        if (!this.#printed) this.#whole(jsonMembers(event.raw).get("output") ?? "null");
        break;
      case "tool.call":
        this.#aside(`calls ${event.data.name}`);
        break;
      case "waiting":
        this.#aside("waits for an answer: runagent runs resume ID VALUE");
        break;
      case "restarted":
        this.#aside(`begins again (attempt ${event.data.attempt})`);
        break;
      case "log":
        this.#aside(event.data.message);
        break;
      case "started":
      case "reasoning":
      case "tool.result":
      case "custom":
      case "usage":
      case "error":
      case "cancelled":
        break; // the last two are thrown, too
    }
  }

  endLine(): void {
    if (this.#openLine) this.#output.part("\n");
    this.#openLine = false;
  }

  #text(delta: string): void {
    this.#output.part(delta);
    this.#printed = true;
    if (delta !== "") this.#openLine = !delta.endsWith("\n");
  }

  #whole(raw: string): void {
    this.endLine();
    this.#output.line(readableJson(raw));
    this.#printed = true;
  }

  #aside(text: string): void {
    if (this.#output.streams.stderr.isTTY !== true) return;
    this.endLine();
    this.#output.progress(text);
  }
}
