/** The words of a chat: what a person said in a run's input, what the agent answered, and the input of the next turn. */

import { isRecord } from "../parts/json.ts";
import type { RunFollower } from "../run/run-follower.ts";

export interface Message {
  readonly role: "user" | "assistant";
  readonly content: string;
}

/** The newest thing that the input says; any of the forms that `chat` takes. */
export function saidIn(input: unknown): string {
  if (typeof input === "string") return input;
  if (!isRecord(input)) return JSON.stringify(input) ?? "";
  if (Array.isArray(input.messages)) {
    const last: unknown = input.messages.at(-1);
    const content = isRecord(last) ? last.content : last;
    return typeof content === "string" ? content : (JSON.stringify(content) ?? "");
  }
  for (const name of ["input", "prompt"]) if (typeof input[name] === "string") return input[name];
  return JSON.stringify(input) ?? "";
}

/** What the agent answered, as text: what it streamed, else its output. */
export function answeredIn({ arrivals, run }: RunFollower): string {
  const streamed = arrivals.map(({ event }) => (event.type === "text" ? event.data.delta : "")).join("");
  const last = arrivals.at(-1)?.event;
  const output = (last?.type === "result" ? last.data.output : run.value?.output) ?? null;
  if (streamed !== "" || output === null) return streamed;
  return typeof output === "string" ? output : (JSON.stringify(output) ?? "");
}

export const chatInput = (before: readonly Message[], text: string): string =>
  JSON.stringify({ messages: [...before, { role: "user", content: text }] });
