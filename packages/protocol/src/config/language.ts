/** What an agent's source file is written in, by its ending. */
export type Language = "python" | "node";

const ENDINGS: Readonly<Record<string, Language>> = {
  ".py": "python",
  ".ts": "node",
  ".tsx": "node",
  ".mts": "node",
  ".cts": "node",
  ".js": "node",
  ".jsx": "node",
  ".mjs": "node",
  ".cjs": "node",
};

export const LANGUAGES: readonly string[] = Object.keys(ENDINGS);

export function languageOf(file: string): Language | undefined {
  const ending = /\.[a-z]+$/.exec(file)?.[0] ?? "";
  return Object.hasOwn(ENDINGS, ending) ? ENDINGS[ending] : undefined;
}
