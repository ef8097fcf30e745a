/**
 * What the next server must know of a detached sandbox, in its folder: `sandbox.json`, written when it is loaded, and a file
 * for each of its processes. All of it is whole when it is there, so that a server may be killed at any moment.
 */
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Description } from "@runagent/protocol";
import { readDescription } from "../channel/bodies.ts";
import type { KeptProcess, Ledger } from "../ledger.ts";
import { isInGroup } from "./cgroup.ts";
import { initPid } from "./container.ts";
import { isOwned } from "./owner.ts";

const FORMAT = 1;
const SHEET = "sandbox.json";
const ROWS = "processes";

/** A detached sandbox whose server is gone. */
export interface FoundSandbox {
  readonly id: string;
  readonly directory: string;
  /** What its version was called when it was started. */
  readonly key: string;
  /** Of the path of its socket: the folder. */
  readonly sockets: string;
  readonly uid: number;
  /** The path of its namespace: what the way out is told that it inherits. Null: it has none but loopback. */
  readonly network: string | null;
  readonly description: Description;
  readonly processes: readonly KeptProcess[];
}

export type Sheet = Pick<FoundSandbox, "key" | "sockets" | "uid" | "network">;

export class FolderLedger implements Ledger {
  readonly #directory: string;
  readonly #sheet: () => Sheet;

  /** `sheet`: as it is when the sandbox is loaded. */
  constructor(directory: string, sheet: () => Sheet) {
    this.#directory = directory;
    this.#sheet = sheet;
  }

  loaded(description: Description): void {
    const draft = join(this.#directory, `${SHEET}.new`);
    writeFileSync(draft, JSON.stringify({ format: FORMAT, ...this.#sheet(), description }), { mode: 0o600 });
    renameSync(draft, join(this.#directory, SHEET));
  }

  began({ name, ...row }: KeptProcess): void {
    mkdirSync(join(this.#directory, ROWS), { recursive: true });
    const draft = join(this.#directory, `${name}.new`);
    writeFileSync(draft, JSON.stringify(row), { mode: 0o600 }); // it has a token
    renameSync(draft, join(this.#directory, ROWS, name));
  }

  ended(name: string): void {
    rmSync(join(this.#directory, ROWS, name), { force: true });
  }
}

/** Those that can be adopted: loaded, alive, and nobody's. */
export function findSandboxes(sandboxes: string): readonly FoundSandbox[] {
  return namesIn(sandboxes).flatMap((id) => findSandbox(join(sandboxes, id), id) ?? []);
}

export function findSandbox(directory: string, id: string): FoundSandbox | null {
  if (isOwned(directory) || !isInGroup(initPid(directory), id)) return null;
  const sheet = parsed(join(directory, SHEET));
  const { format, key, sockets, uid, network, description } = Object(sheet);
  if (format !== FORMAT || typeof key !== "string" || typeof sockets !== "string") return null;
  const described = readDescription(Buffer.from(JSON.stringify(description)));
  const processes = namesIn(join(directory, ROWS)).flatMap((name) => readRow(directory, name) ?? []);
  const found = { network: typeof network === "string" ? network : null, description: described, processes };
  return { id, directory, key, sockets, uid: Number(uid), ...found };
}

function readRow(directory: string, name: string): KeptProcess | null {
  const { role, token, pid, once } = Object(parsed(join(directory, ROWS, name)));
  if (role !== "template" && role !== "worker" && role !== "process") return null;
  if (typeof token !== "string" || typeof pid !== "number") return null;
  return { name, role, token, pid, once: once === true };
}

function parsed(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch {
    return null; // it never came so far, or has just ended
  }
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return []; // none was ever made
  }
}
