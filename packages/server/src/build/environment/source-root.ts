/** The folder that a confined build gets a copy of: all that `build.root` names, since packages in it may name each other. */
import { resolve, sep } from "node:path";
import type { EnvironmentRequest } from "./environment.ts";

export function sourceOf({ root, config }: EnvironmentRequest, wanted: string): string {
  const whole = resolve(root, config.build.root ?? ".");
  return [root, wanted].every((folder) => folder === whole || folder.startsWith(whole + sep)) ? whole : wanted;
}
