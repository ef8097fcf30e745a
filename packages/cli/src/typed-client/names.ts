/** Names and comments of generated TypeScript. */

/** `my-agent chat` → `MyAgentChat`. */
export function typeName(text: string): string {
  const words = text
    .normalize("NFKD")
    .replace(/\p{M}+/gu, "")
    .split(/[^\p{L}\p{N}]+/u)
    .filter(Boolean);
  const name = words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join("");
  return /^\p{ID_Start}/u.test(name) ? name : `_${name}`;
}

/** `MyAgent` → `myAgent`. */
export const valueName = (type: string): string => type.charAt(0).toLowerCase() + type.slice(1);

export const memberName = (name: string): string =>
  /^[\p{ID_Start}_$][\p{ID_Continue}$]*$/u.test(name) && name !== "constructor" ? name : JSON.stringify(name);

/** On one line, and without an end of comment. */
export const comments = (text: string): string => text.replace(/\s+/g, " ").trim().replaceAll("*/", "*\\/");
