/** The options that every command has. */
import type { OptionSpec } from "./command.ts";

export const GLOBAL_OPTIONS: readonly OptionSpec[] = [
  { flags: "--json", about: "one JSON document on stdout, or one a line for what goes on" },
  { flags: "--quiet", about: "only results and errors" },
  { flags: "--verbose", about: "say more about what is done" },
  { flags: "--no-color", about: "no colours; NO_COLOR does the same" },
  { flags: "--target <name>", about: "a server by the name it was given at login" },
  { flags: "--url <url>", about: "a server by its address" },
];
