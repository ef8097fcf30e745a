/** What a person is told when a tool could not install: the tool's own words, and which line of which file they are about. */
import { statfsSync } from "node:fs";
import { RunAgentError } from "@runagent/protocol";
import type { Finished } from "./command.ts";

const SHOWN_LINES = 20;

/** `shown`: the file as the user knows it; `text`: what stands in it. */
export function installFailure(shown: string, text: string, finished: Finished): RunAgentError {
  const output = finished.tail.slice(-SHOWN_LINES);
  const line = guiltyLine(text, output.join("\n"));
  const place = line === null ? shown : `${shown}:${line.number}`;
  const about = line === null ? "" : ` (${line.text})`;
  const last =
    output.findLast((one) => /because|cause:|error|cannot|could not|no solution|×|failed/i.test(one)) ??
    output.at(-1) ??
    "";
  const why = last.replace(/^(?:[\s×╰─▶]|cause:|error:)+/iu, "").trim() || "the tool could not be started";
  return new RunAgentError("LOAD_FAILED", `${place}${about}: the packages cannot be installed: ${why}`, {
    hint: `Mend ${shown}. A .venv in the agent's folder, if you make one, is used by \`serve\` instead.`,
    traceback: output.join("\n"),
  });
}

/** The first line that names a package of which the tool speaks. */
function guiltyLine(text: string, output: string): { number: number; text: string } | null {
  const said = output.toLowerCase().replaceAll("_", "-");
  const lines = text.split("\n").map((line, i) => ({ number: i + 1, text: line.trim() }));
  const named = lines.flatMap((line) => {
    const name = /^["']?([A-Za-z0-9][\w.-]*)/.exec(line.text)?.[1]?.toLowerCase().replaceAll("_", "-");
    const at = name === undefined ? -1 : said.search(new RegExp(`(?<![\\w-])${name.replaceAll(".", "\\.")}(?![\\w-])`));
    return at < 0 ? [] : [{ line, at }];
  });
  return named.toSorted((a, b) => a.at - b.at)[0]?.line ?? null;
}

const READ_ONLY: readonly unknown[] = ["EACCES", "EROFS", "EPERM", "ENOTDIR", "EEXIST"];

/** A disk that is full or may not be written is said plainly, whoever met it; anything else stays as it is. */
export function cacheFailure(error: unknown, folder: string): unknown {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  if (READ_ONLY.includes(code)) {
    const hint = "Let this user write there, or set RUNAGENT_HOME to another folder.";
    return new RunAgentError(
      "LOAD_FAILED",
      `${folder} may not be written (${String(code)}).`,
      { hint },
      { cause: error },
    );
  }
  if (code !== "ENOSPC" && !(error instanceof RunAgentError && isFull(folder))) return error;
  const hint = "Free some space, or set RUNAGENT_HOME to another disk.";
  return new RunAgentError(
    "LOAD_FAILED",
    `The disk of ${folder} is full (ENOSPC).`,
    { hint, retryable: true },
    { cause: error },
  );
}

/** Less than this is left for nothing useful. */
const FULL_BYTES = 1 << 20;

function isFull(folder: string): boolean {
  const { bavail, bsize } = statfsSync(folder);
  return bavail * bsize < FULL_BYTES;
}
