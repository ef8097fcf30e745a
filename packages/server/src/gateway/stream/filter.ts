/** `?types=text,tool.call,log`: which events a reader wants. It never hides the end. */
import { EVENT_TYPES, type EventType, isEnd, isEventType, RunAgentError } from "@runagent/protocol";

export interface EventFilter {
  /** Null: all. */
  readonly types: ReadonlySet<EventType> | null;
  readonly logs: boolean;
}

export const EVERYTHING: EventFilter = { types: null, logs: false };

export function filterOf(types: string | undefined): EventFilter {
  if (types === undefined) return EVERYTHING;
  const names = types.split(",").map((name) => name.trim());
  const unknown = names.find((name) => name !== "log" && !isEventType(name));
  if (unknown !== undefined) {
    const known = [...EVENT_TYPES, "log"].join(", ");
    throw new RunAgentError(
      "INVALID_REQUEST",
      `In the query: "types" has ${JSON.stringify(unknown)}; known: ${known}.`,
    );
  }
  return { types: new Set(names.filter(isEventType)), logs: names.includes("log") };
}

export function passes(filter: EventFilter, type: EventType): boolean {
  return filter.types === null || filter.types.has(type) || isEnd(type);
}
