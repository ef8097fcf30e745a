/** Bundles the worker into dist/worker.mjs: one file, nothing installed beside it. */
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

await build({
  entryPoints: [fileURLToPath(new URL("src/main.ts", import.meta.url))],
  outfile: fileURLToPath(new URL("dist/worker.mjs", import.meta.url)),
  bundle: true,
  platform: "node",
  target: "node22",
  format: "esm",
  minifySyntax: true,
  legalComments: "none",
});
