/** JSON text laid out for people. Numbers and strings stay the very text that came. */
import { jsonItems, jsonMembers } from "@runagent/protocol/json-text";

export function prettyJson(text: string, indent = ""): string {
  const value = text.trim();
  const deeper = `${indent}  `;
  if (value.startsWith("{")) {
    const members = [...jsonMembers(value)].map(([key, one]) => `${JSON.stringify(key)}: ${prettyJson(one, deeper)}`);
    return wrapped(["{", "}"], members, indent);
  }
  if (value.startsWith("[")) {
    return wrapped(
      ["[", "]"],
      jsonItems(value).map((one) => prettyJson(one, deeper)),
      indent,
    );
  }
  return value;
}

/** What a person reads: a text bare, anything else laid out. */
export function readableJson(text: string): string {
  return text.trimStart().startsWith('"') ? String(JSON.parse(text)) : prettyJson(text);
}

function wrapped([open, close]: readonly [string, string], parts: readonly string[], indent: string): string {
  if (parts.length === 0) return open + close;
  return `${open}\n${parts.map((part) => `${indent}  ${part}`).join(",\n")}\n${indent}${close}`;
}
