/** The one Python of all subjects: the newest that the locked requirements have wheels for. */
import { resolve } from "node:path";
import { environment } from "../../scripts/python/environments.ts";
import { findInterpreters } from "../../scripts/python/interpreters.ts";

const LOCK = resolve(import.meta.dirname, "../requirements.txt");
const OLDEST = "3.11";

let found: Promise<string> | undefined;

/** The `bin` folder. Looked up once a process. */
export function benchPython(): Promise<string> {
  found ??= build();
  return found;
}

async function build(): Promise<string> {
  const newest = (await findInterpreters()).findLast((one) => one.version >= OLDEST);
  if (newest === undefined) throw new Error("the benchmark needs Python 3.11, 3.12 or 3.13");
  return environment(newest, "bench", LOCK);
}
