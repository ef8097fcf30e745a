/** What an older config says in its own way, and what is assumed instead: one sentence each. */

import type { WrittenConfig, WrittenEntrypoint } from "./schema.ts";
import { LEGACY_KEYS } from "./schema-legacy.ts";

export function legacyNotes(written: WrittenConfig): string[] {
  return [
    ...keyNotes(written),
    ...variableNotes(written),
    ...written.agent_architecture.entrypoints.flatMap(entrypointNotes),
  ];
}

/** A type that is left out is normal: said to those who ask for more. */
export function typeNotes({ agent_architecture: { entrypoints } }: WrittenConfig): string[] {
  return entrypoints
    .filter((one) => one.type === undefined && !isWebhook(one) && !isStreamTag(one))
    .map((one) => `Entrypoint ${one.tag ?? one.module ?? ""} has no type: it is read from the function.`);
}

function keyNotes(written: WrittenConfig): string[] {
  const old = LEGACY_KEYS.filter((key) => Object.hasOwn(written, key));
  const notes = old.length === 0 ? [] : [`${list(old)} of an older RunAgent: accepted, without effect.`];
  if (written.framework === "custom" || written.framework === "default") {
    notes.push(
      `framework "${written.framework}": taken as plain functions; objects of a framework are recognised all the same.`,
    );
  }
  if (written.agent_architecture.entrypoints.length === 0) {
    notes.push("No entrypoints are listed: the folder is searched for an agent.");
  }
  return notes;
}

function variableNotes(written: WrittenConfig): string[] {
  const entries = Object.entries(written.env_vars ?? {});
  const empty = entries.filter(([, value]) => value === null).map(([name]) => name);
  const typed = entries.filter(([, value]) => value !== null && typeof value !== "string").map(([name]) => name);
  return [
    ...(empty.length === 0 ? [] : [`env_vars ${list(empty)}: null is taken as not set.`]),
    ...(typed.length === 0 ? [] : [`env_vars ${list(typed)}: taken as text, as written.`]),
  ];
}

function entrypointNotes(one: WrittenEntrypoint): string[] {
  if (isWebhook(one)) {
    return [`Entrypoint ${one.tag ?? one.webhook_url} calls another server: left out, RunAgent runs code.`];
  }
  const name = one.tag ?? one.module ?? "";
  const notes: string[] = [];
  if (one.type === undefined && isStreamTag(one)) {
    notes.push(`Entrypoint ${name} has no type: its tag ends in _stream, so it streams.`);
  }
  if (one.extractor && Object.keys(one.extractor).length > 0) {
    notes.push(`Entrypoint ${name} has an extractor: ignored, the whole result is returned.`);
  }
  return notes;
}

export const isWebhook = (one: WrittenEntrypoint): boolean => one.webhook_url !== undefined && one.file === undefined;

export const isStreamTag = (one: WrittenEntrypoint): boolean => one.tag?.toLowerCase().endsWith("_stream") ?? false;

const list = (names: readonly string[]): string => names.map((name) => `\`${name}\``).join(", ");
