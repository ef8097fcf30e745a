/** Every rule of dependency-cruiser.config.mjs must bite: each is shown a small tree that breaks it. */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import config from "../../dependency-cruiser.config.mjs";

const REPOSITORY = resolve(import.meta.dirname, "../..");
const PACKAGES = ["protocol", "server", "sdk", "cli", "playground", "worker-node", "testing"];
const HOPS = ["gateway", "scheduler", "sandbox", "build", "egress", "engine", "control"];

const made: string[] = [];
afterEach(() => {
  for (const folder of made.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** A workspace with the given sources, each package also having an empty `src/index.ts`. */
function plant(files: Readonly<Record<string, string>>): string {
  const root = mkdtempSync(join(tmpdir(), "arrows-"));
  made.push(root);
  mkdirSync(join(root, "node_modules/@runagent"), { recursive: true });
  const all: Record<string, string> = { "package.json": `{"type":"module","workspaces":["packages/*"]}` };
  for (const name of PACKAGES) {
    all[`packages/${name}/package.json`] =
      `{"name":"@runagent/${name}","type":"module","exports":{".":"./src/index.ts"}}`;
    all[`packages/${name}/src/index.ts`] = "export const here = 1;\n";
    symlinkSync(`../../packages/${name}`, join(root, "node_modules/@runagent", name));
  }
  for (const [path, text] of Object.entries({ ...all, ...files })) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return root;
}

/** The names of the rules that the tree breaks. */
function broken(files: Readonly<Record<string, string>>): string[] {
  const args = ["--config", join(REPOSITORY, "dependency-cruiser.config.mjs"), "--output-type", "json", "packages"];
  const report: { summary: { violations: { rule: { name: string } }[] } } = JSON.parse(cruise(plant(files), args));
  return [...new Set(report.summary.violations.map((one) => one.rule.name))].sort();
}

function cruise(cwd: string, args: readonly string[]): string {
  return execFileSync(join(REPOSITORY, "node_modules/.bin/depcruise"), args, { cwd, encoding: "utf8" });
}

const hopPlants = HOPS.map((hop): [string, Record<string, string>] => {
  const other = hop === "gateway" ? "engine" : "gateway";
  return [
    `hop-${hop}`,
    {
      [`packages/server/src/${hop}/a.ts`]: `import type { b } from "../${other}/b.ts";\nexport type A = typeof b;\n`,
      [`packages/server/src/${other}/b.ts`]: "export const b = 1;\n",
    },
  ];
});

const crossing = (from: string, to: string): Record<string, string> => ({
  [`packages/${from}/src/index.ts`]: `export { here } from "@runagent/${to}";\n`,
});

const PLANTS: Readonly<Record<string, Record<string, string>>> = {
  "no-cycles": {
    "packages/sdk/src/a.ts": `import { b } from "./b.ts";\nexport const a = (): number => b();\n`,
    "packages/sdk/src/b.ts": `import { a } from "./a.ts";\nexport const b = (): number => a();\n`,
  },
  "protocol-does-no-io": { "packages/protocol/src/index.ts": `export { readFileSync } from "node:fs";\n` },
  "sdk-is-fetch-only": { "packages/sdk/src/index.ts": `export { request } from "node:http";\n` },
  "package-protocol": crossing("protocol", "sdk"),
  "package-sdk": crossing("sdk", "server"),
  "package-playground": crossing("playground", "protocol"),
  "package-worker-node": crossing("worker-node", "sdk"),
  "package-server": crossing("server", "worker-node"),
  "package-cli": crossing("cli", "worker-node"),
  "package-testing": crossing("testing", "server"),
  ...Object.fromEntries(hopPlants),
  "no-testing-in-sources": crossing("cli", "testing"),
  "no-deep-imports": {
    "packages/sdk/src/index.ts": `export { here } from "../../protocol/src/index.ts";\n`,
  },
  "not-resolvable": { "packages/sdk/src/index.ts": `export { here } from "./nowhere.ts";\n` },
};

describe("the arrows", () => {
  test("a tree that follows them breaks no rule", () => {
    expect(
      broken({
        ...crossing("sdk", "protocol"),
        "packages/server/src/gateway/a.ts": `export { here } from "@runagent/protocol";\n`,
        "packages/server/src/compose.ts": `export { here } from "./gateway/a.ts";\n`,
        "packages/protocol/src/frames.ts": `export { Buffer } from "node:buffer";\n`,
      }),
    ).toEqual([]);
  });

  test.each(Object.entries(PLANTS))("%s is told when a file breaks it", (rule, files) => {
    expect(broken(files)).toContain(rule);
  });

  test("no rule is without a planted violation", () => {
    expect(config.forbidden.map((one) => one.name).sort()).toEqual(Object.keys(PLANTS).sort());
  });
});
