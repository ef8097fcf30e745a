/**
 * The frameworks and the versions of each that the contract tests run with: the oldest that is supported, and the newest,
 * which is what the example pins. `npm run matrix` runs them, `npm run docs` writes the table.
 */

export interface FrameworkRow {
  /** Of the example, the contract test and the guide's page. */
  readonly name: string;
  readonly title: string;
  readonly language: "python" | "node";
  /** Its package, whose version is meant. */
  readonly package: string;
  /** What is recognised. */
  readonly object: string;
  /** What lets a run wait for a person; null: nothing does. */
  readonly interrupts: string | null;
  readonly oldest: Version;
  /** Python of the newest version. Left out: the newest Python. */
  readonly newestPython?: string;
}

interface Version {
  readonly version: string;
  /** Packages of the same time, name → version; those of the example are pinned, others are added. */
  readonly with?: Readonly<Record<string, string>>;
  /** Left out: 3.10, the oldest. */
  readonly python?: string;
}

export const OLDEST_PYTHON = "3.10";
export const NEWEST_PYTHON = "3.13";

export const FRAMEWORKS: readonly FrameworkRow[] = [
  {
    name: "autogen",
    title: "AutoGen AgentChat",
    language: "python",
    package: "autogen-agentchat",
    object: "agents and teams",
    interrupts: null,
    oldest: { version: "0.5.1", with: { "autogen-ext": "0.5.1", "autogen-core": "0.5.1" } },
  },
  {
    name: "google-adk",
    title: "Google ADK",
    language: "python",
    package: "google-adk",
    object: "agents, `App`, `Runner`, workflows",
    interrupts: "tool confirmations, a workflow's `RequestInput`",
    oldest: { version: "1.14.0" },
  },
];
