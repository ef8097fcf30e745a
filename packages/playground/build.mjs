/** Builds the page in memory: one script and one style sheet, named by their content, and the HTML that loads them. */
import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const SOURCE = fileURLToPath(new URL("src/", import.meta.url));

/** The files by name; the first that a browser asks for is `index.html`. */
export async function buildPage() {
  const { outputFiles } = await build({
    entryPoints: { page: `${SOURCE}main.tsx` },
    outdir: "/",
    entryNames: "[name]-[hash]",
    write: false,
    bundle: true,
    minify: true,
    format: "esm",
    target: ["es2022", "chrome111", "firefox113", "safari16.4"],
    jsx: "automatic",
    jsxImportSource: "preact",
    legalComments: "none",
  });
  const files = new Map(outputFiles.map((one) => [basename(one.path), one.contents]));
  const named = (ending) => [...files.keys()].find((name) => name.endsWith(ending)) ?? "";
  const html = (await readFile(`${SOURCE}index.html`, "utf8"))
    .replace("page.css", named(".css"))
    .replace("page.js", named(".js"));
  return new Map([["index.html", new TextEncoder().encode(html)], ...files]);
}
