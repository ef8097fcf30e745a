/** Asks the person at the terminal; null: there is none. */
import { createInterface } from "node:readline/promises";
import type { CommandCall } from "./command.ts";

export async function confirm({ stdin, output, signal }: CommandCall, question: string): Promise<boolean | null> {
  const isTerminal = "isTTY" in stdin && stdin.isTTY === true && output.streams.stderr.isTTY === true;
  if (!isTerminal || output.json) return null;
  const asking = createInterface({ input: stdin, output: output.streams.stderr });
  try {
    return /^y(es)?$/i.test(await asking.question(`${question} [y/N] `, { signal }));
  } finally {
    asking.close();
  }
}
