/**
 * Finds an agent in a folder without a config. The seam for static detection (`langgraph.json`, recognisable exports):
 * whoever detects returns what a config would have said, and one sentence on what was assumed.
 */
export interface Discovered {
  readonly entrypoints: readonly { readonly file: string; readonly module: string }[];
  readonly framework: string | null;
  readonly note: string;
}

export async function discoverAgent(_root: string): Promise<Discovered | null> {
  return null;
}
