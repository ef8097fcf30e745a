/** What differs between two versions: files by their content, packages, and members of the config. */
import type { AgentConfig, BundleFile, VersionDiff } from "@runagent/protocol";
import type { VersionRecord } from "./records.ts";

export interface Compared {
  readonly record: VersionRecord;
  readonly files: readonly BundleFile[];
}

/** `before` is what is compared against. */
export function diffOf(before: Compared, after: Compared): VersionDiff {
  const packages = lists(before.record.built.packages, after.record.built.packages);
  return {
    agent: after.record.agent,
    version: after.record.version,
    against: before.record.version,
    files: files(before.files, after.files),
    packages,
    config: members("", shownConfig(before.record.config), shownConfig(after.record.config)),
  };
}

/** Values of variables may hold what nobody is to read: names are shown. */
export function shownConfig({ envVars, ...config }: AgentConfig): Readonly<Record<string, unknown>> {
  return { ...config, env_vars: Object.keys(envVars).sort() };
}

function files(before: readonly BundleFile[], after: readonly BundleFile[]): VersionDiff["files"] {
  const old = new Map(before.map((one) => [one.path, one]));
  const names = lists(
    [...old.keys()],
    after.map((one) => one.path),
  );
  const changed = after.filter(({ path, digest, mode }) => {
    const was = old.get(path);
    return was !== undefined && (was.digest !== digest || was.mode !== mode);
  });
  return { ...names, changed: changed.map((one) => one.path).sort() };
}

function lists(before: readonly string[], after: readonly string[]) {
  const [old, now] = [new Set(before), new Set(after)];
  return {
    added: after.filter((one) => !old.has(one)).sort(),
    removed: before.filter((one) => !now.has(one)).sort(),
  };
}

function members(pointer: string, before: unknown, after: unknown): VersionDiff["config"] {
  if (JSON.stringify(before) === JSON.stringify(after)) return [];
  if (!isObject(before) || !isObject(after)) return [{ pointer, before: before ?? null, after: after ?? null }];
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
  return names.flatMap((name) => members(`${pointer}/${escaped(name)}`, before[name], after[name]));
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** RFC 6901. */
const escaped = (name: string): string => name.replaceAll("~", "~0").replaceAll("/", "~1");
