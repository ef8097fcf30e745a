/** The small programs that making a sandbox and its network calls: looked for, each with the package that has it. */
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { enforced, type Finding, refused } from "./finding.ts";

const NEED = "tools";
/** As Debian and Ubuntu name them. */
const PACKAGES: Readonly<Record<string, string>> = {
  ...{ unshare: "util-linux", nsenter: "util-linux", setpriv: "util-linux", mount: "mount", umount: "mount" },
  ...{ perl: "perl-base", mkfifo: "coreutils", cp: "coreutils" },
};
/** They lie where not every PATH looks. */
const FOLDERS = ["/usr/sbin", "/sbin", "/usr/bin", "/bin"];

/** `beside`: also looked into. */
export function lookAtTools(path: string, beside: readonly string[] = FOLDERS): Finding {
  const folders = [...path.split(delimiter), ...beside];
  const names = Object.keys(PACKAGES);
  const missing = names.filter((name) => !folders.some((folder) => existsSync(join(folder, name))));
  if (missing.length === 0) return enforced(NEED, names.join(", "));
  const packages = new Set(missing.map((name) => PACKAGES[name]));
  return refused(NEED, `there is no ${missing.join(", ")}`, `apt-get install ${[...packages].join(" ")}`);
}
