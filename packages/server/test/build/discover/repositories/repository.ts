/**
 * The skeleton of a public example repository: its layout, and of each file only what an agent is found by, in our own
 * words. `source` names the repository, and the folder in it, that was looked at.
 */
export interface Repository {
  readonly source: string;
  readonly files: Readonly<Record<string, string>>;
  /** `FILE:NAME`, or `FILE:NAME=TAG`, in order. Empty: nothing can be served without an edit. */
  readonly serves: readonly string[];
  readonly framework: string | null;
  /** Part of what is said when nothing can be served. */
  readonly says?: string;
}

export const lines = (...all: readonly string[]): string => `${all.join("\n")}\n`;
