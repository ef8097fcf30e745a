/** A place for tests of environments: an agent's folder and a cache, gone after the test; and a request for them. */
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { type AgentConfig, readConfig } from "@runagent/protocol/config";
import { onTestFinished } from "vitest";
import type { EnvironmentRequest } from "../../../src/build/environment/index.ts";

export interface Place {
  readonly root: string;
  readonly home: string;
  readonly lines: string[];
  write(path: string, text: string): void;
  request(more?: Partial<EnvironmentRequest>, config?: object): Promise<EnvironmentRequest>;
}

const ENTRY = { file: "agent.py", module: "run", type: "generic" };

export function place(): Place {
  const top = realpathSync(mkdtempSync(join(tmpdir(), "runagent-environment-")));
  const [root, home] = [join(top, "agent"), join(top, "home")];
  mkdirSync(root);
  onTestFinished(() => rmSync(top, { recursive: true, force: true }));
  const lines: string[] = [];
  return {
    root,
    home,
    lines,
    write(path, text) {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), text);
    },
    async request(more = {}, config = {}) {
      const { VIRTUAL_ENV: _, CONDA_PREFIX: __, ...env } = process.env;
      const progress = (line: string): void => void lines.push(line);
      const signal = new AbortController().signal;
      const base = { root, home, language: "python", pythonFlag: null, env, progress, signal } as const;
      return { ...base, config: await configOf(config), ...more };
    },
  };
}

async function configOf(more: object): Promise<AgentConfig> {
  const text = JSON.stringify({ agent_name: "a", agent_architecture: { entrypoints: [ENTRY] }, ...more });
  const { config, problems } = await readConfig(text, "runagent.config.json");
  if (config === null) throw new Error(JSON.stringify(problems));
  return config;
}
