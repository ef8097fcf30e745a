/** The checks behind `format` in the config's schema. Each says what it expects; a value with `${NAME}` left in it passes. */
import { parseDuration, parseSize } from "../units.ts";
import { egressProblem } from "./egress.ts";

export interface Format {
  readonly expected: string;
  /** True, false, or what to do about a value that is wrong. */
  readonly check: (value: string) => boolean | string;
}

/** What decides whose state a graph or chain goes on with: RunAgent's to say, never a caller's. */
const RESERVED_KEYS = [
  "thread_id",
  "session_id",
  "user_id",
  "run_id",
  "checkpoint_id",
  "checkpoint_ns",
  "checkpoint_map",
  "checkpointer",
];

const NAME = String.raw`[\p{ID_Start}_$][\p{ID_Continue}$]*`;
const MODULE = new RegExp(`^${NAME}(\\.${NAME})*$`, "u");
const PLACE = new RegExp(`^[^:]+:${NAME}(\\.${NAME})*$`, "u");
const CRON_FIELD = /^(\*|[0-9A-Za-z]+(-[0-9A-Za-z]+)?)(\/[0-9]+)?(,(\*|[0-9A-Za-z]+(-[0-9A-Za-z]+)?)(\/[0-9]+)?)*$/;
const VERSION = String.raw`v?\d+(\.(\d+|[x*])){0,2}`;
const REQUIREMENT = new RegExp(`^((===?|~=|!=|<=|>=|<|>|\\^|~)?\\s*${VERSION}(\\s*(,|\\|\\||\\s)\\s*|$))+$`);

export const FORMATS: Readonly<Record<string, Format>> = {
  size: {
    expected: 'a size: bytes as a number, or text such as "512MB" or "2GiB"',
    check: (value) => (parseSize(value) ?? 0) > 0,
  },
  duration: {
    expected: 'a duration: seconds as a number, or text such as "30s", "10m", "24h" or "7d"',
    check: (value) => (parseDuration(value) ?? 0) > 0,
  },
  cpu: {
    expected: "a number of cores above 0, such as 0.5 or 2",
    check: (value) => /^\d+(\.\d+)?$/.test(value) && Number(value) > 0,
  },
  variable: {
    expected: "the name of an environment variable: letters, digits and _",
    check: (value) => /^[A-Za-z_][A-Za-z0-9_]*$/.test(value),
  },
  module: { expected: 'a name, or a dotted path such as "app.invoke"', check: checkModule },
  tag: {
    expected: "one part of a URL path: no spaces, slashes, ? # % and not empty",
    check: (value) => /^[^\s/?#%\\]+$/u.test(value) && value !== "." && value !== "..",
  },
  place: { expected: '"FILE:NAME", such as "agent.py:lifespan"', check: (value) => PLACE.test(value) },
  source: { expected: 'a path inside the agent\'s folder, such as "agent.py"', check: isInside },
  inside: { expected: 'a folder inside the agent\'s folder, such as "data"', check: isInside },
  egress: { expected: '"host", "host:port" or "*.host"', check: (value) => egressProblem(value) ?? true },
  python: {
    expected: 'a version ("3.12"), a requirement (">=3.11") or a path',
    check: (value) => REQUIREMENT.test(value) || /[/\\]|^python|^~/.test(value),
  },
  node: { expected: 'a version ("22") or a requirement (">=22.4")', check: (value) => REQUIREMENT.test(value) },
  cron: {
    expected: 'five fields, such as "0 3 * * *"',
    check: (value) => {
      const fields = value.trim().split(/\s+/);
      return fields.length === 5 && fields.every((field) => CRON_FIELD.test(field));
    },
  },
  timezone: { expected: 'the name of a time zone, such as "Europe/Berlin"', check: isTimezone },
  "config-key": {
    expected: `a key of \`configurable\` that names no conversation or checkpoint: not ${RESERVED_KEYS.join(", ")}, nor __…`,
    check: (value) => value !== "" && !value.startsWith("__") && !RESERVED_KEYS.includes(value),
  },
  https: {
    expected: "an https address",
    check: (value) => URL.canParse(value) && new URL(value).protocol === "https:",
  },
};

function checkModule(value: string): boolean | string {
  if (MODULE.test(value)) return true;
  const mended = value
    .replace(/\(.*\)/gs, "")
    .replaceAll(":", ".")
    .trim();
  return mended !== value && MODULE.test(mended) ? `Write ${JSON.stringify(mended)}.` : false;
}

function isInside(value: string): boolean | string {
  const path = value.replaceAll("\\", "/");
  if (path.trim() === "" || path.includes("\0")) return false;
  if (path.startsWith("/") || /^[A-Za-z]:/.test(path))
    return "Write it from the agent's folder, without a leading slash.";
  return normalised(path) === null ? "Move it into the agent's folder." : true;
}

/** A path without `.`, `..` and backslashes; null when it leads out of its folder. */
export function normalised(path: string): string | null {
  const parts: string[] = [];
  for (const part of path.replaceAll("\\", "/").split("/")) {
    if (part === "" || part === ".") continue;
    if (part !== "..") parts.push(part);
    else if (parts.pop() === undefined) return null;
  }
  return parts.join("/");
}

function isTimezone(value: string): boolean {
  try {
    new Intl.DateTimeFormat("en", { timeZone: value });
    return true;
  } catch {
    return false; // the only way to ask: an unknown name is a RangeError
  }
}
