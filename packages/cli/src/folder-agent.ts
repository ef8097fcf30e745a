/** The agent that a folder's config names, as far as it can be read: for commands that leave AGENT out. */
import type { Settings } from "./settings.ts";

export interface FolderAgent {
  readonly name: string;
  /** Empty when the config has errors. */
  readonly tags: readonly string[];
}

export async function readFolderAgent(folder: string, settings: Settings): Promise<FolderAgent | null> {
  const { readFolder } = await import("@runagent/server/config-file");
  const reading = await readFolder({ root: folder, env: settings.shell, envFile: null, entry: null });
  if (reading.kind === "read") {
    return { name: reading.config.name, tags: reading.config.entrypoints.map((one) => one.tag) };
  }
  return reading.kind === "invalid" && reading.agent !== null ? { name: reading.agent, tags: [] } : null;
}
