/**
 * What a tool that runs once may write: one volume of a fixed size with its `/tmp`, copies of sources, what it makes, and
 * downloads that are kept for the next one. What it made is copied out as root's, without setuid, readable for all.
 */
import { execFile } from "node:child_process";
import { mkdirSync, statfsSync } from "node:fs";
import { mkdir, readdir, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { copyAgent, own } from "./agent-copy.ts";
import type { Bind } from "./oci-config.ts";
import { openVolume, type Volume, type VolumeOrder } from "./volume.ts";

const exec = promisify(execFile);

/** `copied`: a copy of the folder that is the tool's own; `made`: empty, and copied to `from` when the tool is content. */
export interface OneShotBind {
  readonly from: string;
  readonly to: string;
  readonly access: "read" | "copied" | "made";
}

export interface WorkshopOrder extends Omit<VolumeOrder, "kept"> {
  readonly uid: number;
  readonly binds: readonly OneShotBind[];
  /** Where downloads are kept between runs, in one file (null: they are not), and where they are seen. */
  readonly cache: { readonly file: string | null; readonly to: string };
}

export interface Workshop {
  readonly mounts: readonly Bind[];
  /** Nothing more can be written. */
  isFull(): boolean;
  /** Copies out what was made. */
  takeOut(): Promise<void>;
  /** `tidy`: the downloads are worth keeping. */
  close(tidy: boolean): Promise<void>;
}

/** Rejects with NO_CAPACITY. */
export async function openWorkshop(order: WorkshopOrder): Promise<Workshop> {
  const { cache, binds, uid } = order;
  const { file } = cache;
  if (file !== null) await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  const volume = await openVolume({ ...order, kept: file });
  try {
    const places = [TMP, { from: "", to: cache.to, access: "cache" } as const, ...binds];
    const mounts: Bind[] = [];
    for (const [n, place] of places.entries()) mounts.push(await furnish(volume, { n, place, uid }));
    return {
      mounts,
      isFull: () => isFull(volume.path),
      takeOut: () => takeOut(places, mounts),
      close: (tidy) => (tidy && file !== null ? keep(volume, file) : volume.close()),
    };
  } catch (error) {
    await volume.close();
    throw error;
  }
}

type Place = Omit<OneShotBind, "access"> & { readonly access: OneShotBind["access"] | "cache" };
const TMP: Place = { from: "", to: "/tmp", access: "made" };
const CACHE = "cache";

async function furnish(volume: Volume, { n, place, uid }: { n: number; place: Place; uid: number }): Promise<Bind> {
  const { from, to, access } = place;
  if (access === "read") return { from, to, writable: false };
  const at = join(volume.path, access === "cache" ? CACHE : `place-${n}`);
  if (access === "copied") await copyAgent(from, at, uid);
  else if (access === "made") {
    mkdirSync(at);
    await own(at, uid);
  } else if (mkdirSync(at, { recursive: true }) !== undefined) await own(at, uid);
  return { from: at, to, writable: true };
}

/** Less than this is left for nothing useful. */
const FULL_BYTES = 1 << 20;

function isFull(path: string): boolean {
  const { bavail, bsize, ffree } = statfsSync(path);
  return bavail * bsize < FULL_BYTES || ffree === 0;
}

async function takeOut(places: readonly Place[], mounts: readonly Bind[]): Promise<void> {
  for (const [n, { from, access }] of places.entries()) {
    if (access !== "made" || from === "") continue;
    await exec("cp", ["-dR", "--preserve=mode,timestamps,links", `${mounts[n]?.from}/.`, from]);
    await exec("chmod", ["-R", "a+rX,u+w,ug-s", from]);
  }
}

async function keep(volume: Volume, file: string): Promise<void> {
  for (const name of await readdir(volume.path)) {
    if (name !== CACHE && name !== "lost+found") await rm(join(volume.path, name), { recursive: true, force: true });
  }
  await volume.keep(file).catch(() => volume.close()); // without it the next one downloads again
}
