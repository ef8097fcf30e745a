/**
 * What the stub model answers without a script: it obeys the last user message, so that any number of conversations may
 * go on at once. Without a word of command it says what it heard: every user message that it was sent.
 *
 * `[tool NAME {…}]` calls the tool, then says what it answered · `[429]` `[500]` `[nonsense]` `[hang]` fail ·
 * `[cut]` breaks in the middle · `[slow]` waits between words · `[long N]` says N words.
 */
import type { StubBody, StubTurn } from "./turn.ts";

export function obey(body: StubBody): StubTurn {
  const said = conversation(body);
  const at = said.findLastIndex((one) => one.role === "user");
  const order = said[at]?.text ?? "";
  const result = said.slice(at + 1).findLast((one) => one.role === "tool");
  if (result !== undefined) return { text: `tool said: ${result.text}` };
  const users = said.filter((one) => one.role === "user").map((one) => one.text);
  return { text: `heard: ${users.join(" | ")}`, ...commanded(order) };
}

const SLOW_MS = 300;
const FAILURES = { "429": 429, "500": 500, cut: "cut", nonsense: "nonsense", hang: "hang" } as const;

function commanded(order: string): StubTurn {
  const [, word = "", rest = ""] = /\[(429|500|cut|nonsense|hang|slow|long|tool)\b *([^\]]*)\]/.exec(order) ?? [];
  if (word === "tool") {
    const [, name = "", args = ""] = /^(\S+) *(.*)$/s.exec(rest) ?? [];
    return { text: undefined, tools: [{ name, args: JSON.parse(args || "{}") }] };
  }
  if (word === "slow") return { pieceDelayMs: SLOW_MS };
  if (word === "long") return { text: Array.from({ length: Number(rest) }, (_, index) => `word${index}`).join(" ") };
  const failure = Object.entries(FAILURES).find(([name]) => name === word)?.[1];
  return failure === undefined ? {} : { failure };
}

interface Said {
  readonly role: "user" | "tool" | "other";
  readonly text: string;
}

/** Of any dialect. */
function conversation(body: StubBody): Said[] {
  if (typeof body.input === "string") return [{ role: "user", text: body.input }];
  const list: readonly unknown[] = Array.isArray(body.input) ? body.input : (body.messages ?? []);
  return list.map((item) => {
    const { role, type, content, output } = fields(item);
    const result = resultIn(content);
    if (result !== undefined) return { role: "tool", text: textOf(result) };
    if (type === "function_call_output") return { role: "tool", text: textOf(output) };
    return { role: role === "user" || role === "tool" ? role : "other", text: textOf(content) };
  });
}

/** A user's message of Anthropic's form may hold what a tool answered. */
function resultIn(content: unknown): unknown {
  const parts: readonly unknown[] = Array.isArray(content) ? content : [];
  return parts.map(fields).find((part) => part.type === "tool_result")?.content;
}

function fields(item: unknown): Readonly<Record<string, unknown>> {
  return { ...Object(item) };
}

function textOf(content: unknown): string {
  if (typeof content === "string") return content;
  if (!Array.isArray(content)) return JSON.stringify(content ?? "");
  const texts = content.map((part) => (typeof part === "string" ? part : String(fields(part).text ?? "")));
  return texts.filter((text) => !text.startsWith(NOT_SAID)).join("");
}

/** What Claude Code adds to what a user says. */
const NOT_SAID = "<system-reminder>";
