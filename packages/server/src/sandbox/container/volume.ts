/**
 * What agent code may write to: a file system of its own with a fixed size, in one sparse file. So `resources.disk` holds
 * for bytes and for files, whatever the host's file system can do, and tidying up is one unmount.
 */
import { execFile } from "node:child_process";
import { randomUUID } from "node:crypto";
import { existsSync, mkdirSync, rmSync } from "node:fs";
import { rename, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { RunAgentError } from "@runagent/protocol";

const exec = promisify(execFile);
/** No journal: what is in it does not outlive the sandbox. Nothing kept for root: the agent's limit is the whole size. */
const FORMAT = ["-q", "-F", "-m", "0", "-O", "^has_journal,^resize_inode", "-E", "lazy_itable_init=1,nodiscard"];
const MOUNT = "loop,nosuid,nodev,noatime";

/** Its mount point, in the sandbox's folder. */
export const VOLUME = "volume";

export interface Volume {
  /** Where it is mounted. */
  readonly path: string;
  /** Unmounts and deletes it; what is still open goes with its last process. May be called twice. */
  close(): Promise<void>;
  /** Instead of `close`: unmounts it in order and moves its file there, for another one to begin with. */
  keep(file: string): Promise<void>;
}

export interface VolumeOrder {
  /** Its file and its mount point go here. */
  readonly directory: string;
  /** Empty ones are kept here: a copy is faster than a new one. */
  readonly templates: string;
  readonly bytes: number;
  /** One that was kept; it is taken, so that nobody else has it. Left out, or not there: an empty one. */
  readonly kept?: string | null;
}

/** Rejects with NO_CAPACITY. */
export async function openVolume({ directory, templates, bytes, kept = null }: VolumeOrder): Promise<Volume> {
  const image = join(directory, "volume.img");
  const path = join(directory, VOLUME);
  mkdirSync(path, { recursive: true });
  try {
    if (kept === null || !(await taken(kept, image))) {
      await exec("cp", ["--sparse=always", await template(templates, bytes), image]);
    }
    await exec("mount", ["-o", MOUNT, image, path]);
  } catch (cause) {
    throw new RunAgentError("NO_CAPACITY", `The sandbox's disk could not be made: ${said(cause)}`, {}, { cause });
  }
  let closed: Promise<void> | null = null;
  return {
    path,
    close: () => {
      closed ??= unmount(path).then(() => rmSync(image, { force: true }));
      return closed;
    },
    async keep(file) {
      closed ??= exec("umount", [path]).then(() => rename(image, file));
      await closed;
    },
  };
}

const taken = (kept: string, image: string): Promise<boolean> =>
  rename(kept, image).then(
    () => true,
    () => false, // there is none, or another was faster
  );

/** Also of one that an earlier server left behind. What is not mounted is no mistake. */
export async function unmount(path: string): Promise<void> {
  await exec("umount", ["--lazy", path]).catch(() => undefined);
}

/** Published by one rename, so that it is whole when it is there. */
async function template(templates: string, bytes: number): Promise<string> {
  const name = join(templates, `ext4-${bytes}.img`);
  if (existsSync(name)) return name;
  mkdirSync(templates, { recursive: true });
  const draft = `${name}.${randomUUID()}`;
  await writeFile(draft, "");
  await truncate(draft, bytes);
  await exec("mkfs.ext4", [...FORMAT, draft]);
  await rename(draft, name);
  return name;
}

const said = (error: unknown): string => String(Reflect.get(Object(error), "stderr") || error).trim();
