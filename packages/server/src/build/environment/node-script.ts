/** What a shell does in a build's sandbox to install a Node project's packages into `/env/node_modules`. */
import { basename } from "node:path";
import { namesFolders, type Packages } from "./node-packages.ts";
import { RESOLVED } from "./resolved.ts";

const QUIET = "--no-audit --no-fund --no-update-notifier --loglevel=error";

/** Commands and folders as they are inside. */
export interface Inside {
  readonly npm: string;
  readonly node: string;
  readonly source: string;
}

export function installScript(packages: Packages, { npm, node, source }: Inside): string {
  const { manager, release, lock, files, folder } = packages;
  const berry = release.startsWith("@yarnpkg");
  const tool = {
    npm: `${npm} ${lock === null ? "install" : "ci"} --omit=dev ${QUIET}`,
    pnpm: `${npm} exec --yes ${release} -- install --frozen-lockfile --prod --node-linker=hoisted`,
    yarn: berry
      ? `${npm} exec --yes --package ${release} -- yarn install --immutable`
      : `${npm} exec --yes ${release} -- install --frozen-lockfile --production --non-interactive`,
  }[manager];
  const copied = files.map((file) => `'${source}/${basename(file)}'`).join(" ");
  const local = namesFolders(folder);
  return [
    "cd /env",
    local ? `cd '${source}'` : `cp ${copied} /env/`,
    tool,
    "mkdir -p node_modules",
    ...(local ? [LINKS_TO_COPIES, "cp -R node_modules package*.json /env/", "cd /env"] : []),
    ...(lock === null ? [`${node} -e '${LIST}' > ${RESOLVED}`] : []),
  ].join("\n");
}

/** Packages of the project's own folders are linked: where the sandbox runs, those folders are not. */
const LINKS_TO_COPIES = `
for link in node_modules/* node_modules/@*/*; do
  [ -L "$link" ] || continue
  target=$(readlink -f "$link")
  case "$target" in "$PWD"/node_modules/*) continue ;; esac
  rm "$link"
  [ -d "$target" ] && cp -R "$target" "$link"
done`;

const LIST = `
const { packages = {} } = JSON.parse(require("fs").readFileSync("package-lock.json", "utf8"));
for (const [path, { version }] of Object.entries(packages))
  if (path !== "" && version) console.log(path.slice(path.lastIndexOf("node_modules/") + 13) + "==" + version);`;
