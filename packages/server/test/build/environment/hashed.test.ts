/** When an environment may be shared: only if every file that its lock names is known by a hash. */
import { join } from "node:path";
import { tempFolder } from "@runagent/testing";
import { expect, test } from "vitest";
import { isHashedNode, isHashedPython } from "../../../src/build/environment/hashed.ts";
import { findPackages } from "../../../src/build/environment/node-packages.ts";
import { findRequirements } from "../../../src/build/environment/python-requirements.ts";

const HASH = `sha256:${"a".repeat(64)}`;
const uv = (source: string, file: string): string =>
  `[[package]]\nname = "x"\nversion = "1"\nsource = { ${source} }\nwheels = [\n    { ${file} },\n]\n`;
const poetry = (file: string): string =>
  `[[package]]\nname = "x"\nversion = "1"\ngroups = ["main"]\nfiles = [\n    ${file}\n]\n`;

test.each([
  [
    "uv.lock",
    uv('registry = "https://index.example/simple"', `url = "https://f/x.whl", hash = "${HASH}", size = 1`),
    true,
  ],
  ["uv.lock", uv('registry = "https://index.example/simple"', 'url = "https://f/x.whl", size = 1'), false],
  ["uv.lock", uv('git = "https://host/x"', `url = "https://f/x.whl", hash = "${HASH}"`), false],
  ["uv.lock", uv('editable = "lib"', `url = "https://f/x.whl", hash = "${HASH}"`), false],
  ["poetry.lock", poetry(`{file = "x.whl", hash = "${HASH}"},`), true],
  ["poetry.lock", poetry('{file = "x.whl", hash = "md5:00"},'), false],
  ["requirements.txt", `# a list\nx==1 \\\n    --hash=${HASH}\ny==2 --hash=${HASH}\n`, true],
  ["requirements.txt", `x==1 --hash=${HASH}\ny==2\n`, false],
  ["requirements.txt", "./lib\n", false],
])("%s: %#", async (name, text, expected) => {
  await using folder = await tempFolder({ [name]: text });
  const wanted = findRequirements([folder.path]);
  expect(wanted?.files).toEqual([join(folder.path, name)]);
  expect(wanted !== null && isHashedPython(wanted)).toBe(expected);
});

const PACKAGE = '"resolved": "https://index.example/x/-/x-1.0.0.tgz"';
const npm = (lines: string): string => `{\n  "packages": {\n    "node_modules/x": {\n      ${lines}\n    }\n  }\n}\n`;

test.each([
  ["package-lock.json", npm(`${PACKAGE},\n      "integrity": "sha512-aa=="`), "1", true],
  ["package-lock.json", npm(PACKAGE), "1", false],
  ["package-lock.json", npm(`${PACKAGE},\n      "integrity": "sha512-aa=="`), "file:../x", false],
  ["pnpm-lock.yaml", "packages:\n  x@1.0.0:\n    resolution: {integrity: sha512-aa==}\n", "1", true],
  ["pnpm-lock.yaml", "packages:\n  x@1.0.0:\n    resolution: {tarball: https://host/x.tgz}\n", "1", false],
  ["yarn.lock", 'x@1:\n  version "1.0.0"\n  resolved "https://host/x.tgz"\n  integrity sha512-aa==\n', "1", true],
  ["yarn.lock", 'x@1:\n  version "1.0.0"\n  resolved "https://host/x.tgz"\n', "1", false],
])("%s: %#", async (name, text, version, expected) => {
  const manifest = JSON.stringify({ dependencies: { x: version } });
  await using folder = await tempFolder({ "package.json": manifest, [name]: text });
  const packages = findPackages([folder.path]);
  expect(packages?.lock).toBe(name);
  expect(packages !== null && isHashedNode(packages)).toBe(expected);
});
