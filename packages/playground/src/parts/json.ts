/** JSON as text: shown and sent with every digit as it was written. */

/** Re-indents JSON text without reading its numbers. Text that is no JSON comes back as it is. */
export function prettyJson(text: string): string {
  if (!isJson(text)) return text;
  const out: string[] = [];
  let depth = 0;
  let opened = false;
  const line = (): string => `\n${"  ".repeat(depth)}`;
  for (const token of text.match(TOKENS) ?? []) {
    const opens = token === "{" || token === "[";
    const closes = token === "}" || token === "]";
    if (closes) depth -= 1;
    if (opened !== closes) out.push(line()); // neither `{}` nor between two that stand in one line
    opened = opens;
    if (opens) depth += 1;
    out.push(token === ":" ? ": " : token);
    if (token === ",") out.push(line());
  }
  return out.join("");
}

const TOKENS = /"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s{}[\],:"]+/g;

export function isJson(text: string): boolean {
  return jsonFault(text) === null;
}

/** What is wrong with it, in the engine's words; null: nothing. */
export function jsonFault(text: string): string | null {
  try {
    JSON.parse(text);
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** One line, cut. */
export function brief(value: unknown, most = 160): string {
  const text = typeof value === "string" ? value : (JSON.stringify(value) ?? "");
  return text.length <= most ? text : `${text.slice(0, most)}…`;
}

export const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** The JSON text of the member `output` of a `result` event. */
export function outputText(raw: string): string {
  return /^\s*\{\s*"output"\s*:([\s\S]*)\}\s*$/.exec(raw)?.[1] ?? raw;
}
