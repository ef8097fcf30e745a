/**
 * Reads `runagent.config.json` (JSON with comments, or YAML) from its text: every problem at once, each with its place,
 * and what was assumed of older files. No I/O: whether files exist is asked of the caller.
 */
import { check, isObject, type SchemaNode } from "./check.ts";
import { closest } from "./closest.ts";
import { type ConfigDocument, parseJsonDocument } from "./document.ts";
import { type FileLookup, missingFiles, namedFiles } from "./files.ts";
import { fill, type Written } from "./fill.ts";
import { interpolate, type Lookup } from "./interpolate.ts";
import { legacyNotes, typeNotes } from "./legacy.ts";
import { slug } from "./names.ts";
import { type ConfigProblem, Findings, said } from "./problems.ts";
import { checkRelations } from "./relations.ts";
import { CONFIG_SCHEMA, type WrittenConfig } from "./schema.ts";
import type { AgentConfig } from "./types.ts";

export { type Allowed, allowHost } from "./allow-host.ts";
export { expectedOf, type SchemaNode } from "./check.ts";
export { closest } from "./closest.ts";
export type { FileLookup } from "./files.ts";
export { interpolateText, type Lookup } from "./interpolate.ts";
export { LANGUAGES, type Language, languageOf } from "./language.ts";
export { slug } from "./names.ts";
export type { ConfigProblem } from "./problems.ts";
export { CONFIG_SCHEMA, type WrittenConfig } from "./schema.ts";
export * from "./types.ts";

export interface ReadOptions {
  /** Fills `${NAME}` in. Left out: placeholders stay, and nothing is said about them. */
  readonly lookup?: Lookup;
  /** Looks whether the files that are named exist. Left out: not looked at. */
  readonly files?: FileLookup;
}

export interface ConfigReading {
  /** Null when a problem is an error. */
  readonly config: AgentConfig | null;
  /** The URL name, also of a config with errors, if it can be told. */
  readonly name: string | null;
  /** As they stand in the file. */
  readonly problems: readonly ConfigProblem[];
  /** What was assumed, one sentence each. */
  readonly notes: readonly string[];
  /** The same of what is normal. */
  readonly details: readonly string[];
}

export async function readConfig(text: string, fileName: string, options: ReadOptions = {}): Promise<ConfigReading> {
  const document = await parse(text.replace(/^\uFEFF/, ""), fileName);
  const findings = new Findings(document, fileName);
  addSyntax(document, findings);
  const { value, unresolved } = interpolate(document.value, options.lookup ?? keep);
  if (options.lookup !== undefined) {
    for (const { pointer, name } of unresolved) {
      const suggestion = `Set ${name} in the environment or in .env, or write \${${name}:-default}.`;
      findings.add({ pointer, found: `\${${name}}, which has no value`, expected: `a value for ${name}`, suggestion });
    }
  }
  const sound = checkAll(value, findings);
  if (options.files !== undefined) addMissing(value, options.files, findings);
  const problems = findings.sorted();
  const name = isObject(value) && typeof value.agent_name === "string" ? slug(value.agent_name) : null;
  if (!sound(value) || findings.failed) return { config: null, name, problems, notes: [], details: [] };
  return {
    name,
    config: fill(value, writtenIn(document, findings)),
    problems,
    notes: legacyNotes(value),
    details: typeNotes(value),
  };
}

const keep: Lookup = () => undefined;

async function parse(text: string, fileName: string): Promise<ConfigDocument> {
  try {
    if (!/\.ya?ml$/i.test(fileName)) return parseJsonDocument(text);
    const { parseYamlDocument } = await import("./yaml-document.ts"); // most configs are JSON, and this costs 35 ms
    return parseYamlDocument(text);
  } catch (error) {
    // Both parsers recurse: what is nested beyond every sense ends here.
    const found = error instanceof RangeError ? "too many levels of nesting" : String(error);
    const syntax = [{ offset: 0, found, expected: "a config", suggestion: null }];
    return { text, value: undefined, spans: new Map(), syntax, duplicates: [] };
  }
}

function addSyntax(document: ConfigDocument, findings: Findings): void {
  for (const one of document.syntax) findings.addAt(one.offset, { pointer: "", ...one });
  for (const { pointer, offset } of document.duplicates) {
    findings.addAt(offset, {
      pointer,
      found: "the same key twice",
      expected: "each key once",
      suggestion: "Take one away; the last one counts.",
      severity: "warning",
    });
  }
}

/** Everything that is wrong with the value. The result says whether it is a config: nothing of this was an error. */
function checkAll(value: unknown, findings: Findings): (value: unknown) => value is WrittenConfig {
  if (value === undefined || value === null) {
    if (!findings.failed) {
      const suggestion = "`runagent init` writes one.";
      findings.add({ pointer: "", found: "an empty file", expected: "an object", suggestion });
    }
  } else {
    const schema: SchemaNode = CONFIG_SCHEMA;
    check(schema, value, { pointer: "", findings });
    checkRelations(value, findings);
    checkFramework(value, findings);
  }
  return (_): _ is WrittenConfig => !findings.failed;
}

const FRAMEWORKS = [
  ...["default", "custom", "langgraph", "langchain", "crewai", "openai", "openai-agents", "pydantic-ai", "google-adk"],
  ...["llamaindex", "agno", "autogen", "ag2", "smolagents", "claude-agent-sdk", "mastra", "ai-sdk", "letta", "parlant"],
  ...["n8n", "openclaw", "picoclaw", "zeroclaw"],
];

/** Any name may stand there; one that is nearly a known one was probably meant as that. */
function checkFramework(value: unknown, findings: Findings): void {
  const framework = isObject(value) ? value.framework : undefined;
  if (typeof framework !== "string" || FRAMEWORKS.includes(framework)) return;
  const meant = closest(framework, FRAMEWORKS);
  if (meant === undefined) return;
  const suggestion = `Did you mean "${meant}"?`;
  const expected = "the name of a framework";
  findings.add({ pointer: "/framework", found: said(framework), expected, suggestion, severity: "warning" });
}

function addMissing(value: unknown, lookup: FileLookup, findings: Findings): void {
  for (const { pointer, found, suggestion } of missingFiles(namedFiles(value), lookup)) {
    findings.add({ pointer, found, expected: "a file in the agent's folder", suggestion });
  }
}

function writtenIn(document: ConfigDocument, findings: Findings): Written {
  return {
    place: (pointer) => findings.place(pointer),
    spelling(pointer, scalar) {
      const span = document.spans.get(pointer);
      if (typeof scalar === "string" || span === undefined) return String(scalar);
      return document.text.slice(span.start, span.end).trim();
    },
  };
}
