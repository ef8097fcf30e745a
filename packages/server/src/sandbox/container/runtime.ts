/** The OCI runtime (runc), called by its command line. One call of it ends quickly; what it starts goes on. */
import { execFile } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";
import { RunAgentError } from "@runagent/protocol";

const exec = promisify(execFile);
/** Debian's own, and where else it is put. */
const FOLDERS = ["/usr/sbin", "/usr/local/sbin", "/usr/bin", "/usr/local/bin", "/sbin", "/bin"];

export interface Runtime {
  readonly program: string;
  /** Where it keeps what it knows of its containers. */
  readonly state: string;
}

/** Null: there is none on this machine. */
export function findRuntime(state: string, path: string): Runtime | null {
  const folders = [...path.split(delimiter), ...FOLDERS];
  const program = folders.map((folder) => join(folder, "runc")).find(isExecutable);
  return program === undefined ? null : { program, state };
}

export const argumentsOf = ({ state }: Runtime, ...words: readonly string[]): string[] => ["--root", state, ...words];

/** Rejects with NO_CAPACITY and the runtime's own words. */
export async function callRuntime(runtime: Runtime, ...words: readonly string[]): Promise<string> {
  try {
    return (await exec(runtime.program, argumentsOf(runtime, ...words))).stdout;
  } catch (cause) {
    throw runtimeFailure(String(Reflect.get(Object(cause), "stderr") ?? cause), cause);
  }
}

export function runtimeFailure(said: string, cause?: unknown): RunAgentError {
  const line = said.trim().split("\n").at(-1) ?? "";
  return new RunAgentError("NO_CAPACITY", `The sandbox could not be made: ${line}`, {}, { cause });
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
