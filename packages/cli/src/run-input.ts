/** The input of a run from `--input JSON|@FILE|-` and KEY=VALUE words, as JSON text: no number is written again. */
import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import type { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { jsonMembers } from "@runagent/protocol/json-text";
import { RawJson } from "@runagent/sdk";
import { EXIT } from "./exit-codes.ts";
import { CommandFailure, reasonOf } from "./failure.ts";

export interface InputWords {
  readonly input: string | undefined;
  readonly values: readonly (readonly [key: string, value: string])[];
  readonly workingFolder: string;
  readonly stdin: Readable;
}

export async function readInput(words: InputWords): Promise<RawJson> {
  const given = words.input === undefined ? "{}" : await source(words.input, words);
  if (words.values.length === 0) return new RawJson(given);
  if (!given.trimStart().startsWith("{")) {
    throw new CommandFailure(EXIT.invalid, "KEY=VALUE is laid over an object, and --input is none.");
  }
  const members = jsonMembers(given);
  for (const [key, value] of words.values) members.set(key, isJson(value) ? value : JSON.stringify(value));
  return new RawJson(`{${[...members].map(([key, value]) => `${JSON.stringify(key)}:${value}`).join(",")}}`);
}

/** JSON text, wherever it comes from. Nothing at all is `{}`, as an empty body is. */
async function source(input: string, words: InputWords): Promise<string> {
  const name = input === "-" ? "stdin" : input.startsWith("@") ? input.slice(1) : "--input";
  const found = await contents(input, words);
  const value = found.trim() === "" ? "{}" : found;
  const wrong = complaint(value);
  if (wrong !== undefined) throw new CommandFailure(EXIT.invalid, `${name} is no JSON: ${wrong}`);
  return value;
}

async function contents(input: string, { stdin, workingFolder }: InputWords): Promise<string> {
  if (input === "-") return text(stdin);
  if (!input.startsWith("@")) return input;
  const file = resolve(workingFolder, input.slice(1));
  try {
    return (await readFile(file, "utf8")).replace(/^\uFEFF/, "");
  } catch (cause) {
    throw new CommandFailure(EXIT.invalid, `${input.slice(1)} cannot be read: ${reasonOf(cause)}`);
  }
}

export function isJson(value: string): boolean {
  return complaint(value) === undefined;
}

function complaint(value: string): string | undefined {
  try {
    JSON.parse(value);
    return undefined;
  } catch (error) {
    return reasonOf(error);
  }
}
