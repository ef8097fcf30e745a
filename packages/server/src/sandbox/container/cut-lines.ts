/** A tool's output as lines, however it is cut; a line that never ends is cut at a length, so that nothing grows with it. */
import type { Readable } from "node:stream";

export function readLines(from: Readable, maxLine: number, take: (line: string) => void): void {
  let rest = "";
  from.setEncoding("utf8").on("data", (text: string) => {
    const lines = (rest + text).split(/\r\n|\n|\r/);
    rest = lines.pop() ?? "";
    for (const line of lines) take(line.slice(0, maxLine));
    for (; rest.length > maxLine; rest = rest.slice(maxLine)) take(rest.slice(0, maxLine));
  });
  from.on("end", () => {
    if (rest !== "") take(rest);
  });
}
