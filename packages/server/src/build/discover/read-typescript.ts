/** Outlines of TypeScript and JavaScript files, read in a process of its own: a compiler blocks, and is large. */
import { fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import { DEFAULT_LIMITS } from "@runagent/protocol";
import type { Outline } from "./outline.ts";

export interface TypescriptRequest {
  /** The agent's folder, absolute. */
  readonly root: string;
  readonly files: readonly string[];
}

export type TypescriptReading = { readonly outlines: readonly Outline[] } | { readonly why: string };

export async function readTypescript(request: TypescriptRequest): Promise<TypescriptReading> {
  if (request.files.length === 0) return { outlines: [] };
  const child = fork(processFile(), [], { stdio: ["ignore", "ignore", "ignore", "ipc"], execArgv: [] });
  const timer = setTimeout(() => child.kill("SIGKILL"), DEFAULT_LIMITS.discover_time);
  return new Promise<TypescriptReading>((resolve) => {
    let reading: TypescriptReading = { why: "The TypeScript files could not be read." };
    child.on("message", (outlines: readonly Outline[]) => {
      reading = { outlines };
      child.disconnect(); // which ends it
    });
    child.on("error", (error) => resolve({ why: `The TypeScript files could not be read: ${error.message}` }));
    child.on("exit", () => resolve(reading));
    child.send(request, () => {}); // a child that is gone already says so by `exit`
  }).finally(() => clearTimeout(timer));
}

/** Published, the process is a bundled file beside this one. */
function processFile(): string {
  const ending = import.meta.url.endsWith(".ts") ? "ts" : "mjs";
  return fileURLToPath(new URL(`./outline-process.${ending}`, import.meta.url));
}
