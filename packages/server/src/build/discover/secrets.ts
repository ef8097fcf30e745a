/** The environment variables that found code reads, and which of them are secrets: by their names, and by whose client reads them. */
import type { Outline } from "./outline.ts";

export interface Variables {
  readonly secrets: readonly string[];
  /** The others, for a person to know. */
  readonly others: readonly string[];
}

export function variablesOf(outlines: readonly Outline[]): Variables {
  const read = new Set(outlines.flatMap(({ variables }) => variables.filter((name) => VARIABLE.test(name))));
  const known = new Set<string>();
  for (const outline of outlines) for (const name of clientKeys(outline)) known.add(name);
  const secrets = [...new Set([...known, ...[...read].filter((name) => SECRET.test(name))])].sort();
  const others = [...read].filter((name) => !secrets.includes(name) && !OF_THE_MACHINE.test(name)).sort();
  return { secrets, others };
}

const VARIABLE = /^[A-Za-z_][A-Za-z0-9_]*$/;
const SECRET =
  /(^|_)(KEY|TOKEN|SECRET|PASSWORD|PASSWD|CREDENTIALS|PAT|DSN)(_|$)|APIKEY|DATABASE_URL|CONNECTION_STRING/i;
const OF_THE_MACHINE = /^(PATH|HOME|USER|PWD|SHELL|LANG|TZ|TMPDIR|NODE_ENV|PORT|HOST|CI|TERM|PYTHON\w*|RUNAGENT_\w+)$/;

/** Packages whose client reads its key by itself, and providers as they stand in `provider:model`. */
const CLIENTS: readonly (readonly [key: string, module: RegExp, provider: RegExp])[] = [
  [
    "OPENAI_API_KEY",
    /^(openai|agents|langchain_openai|@ai-sdk\/openai|@langchain\/openai|@openai\/agents)\b|\.(llms?|models?)\.openai\b/,
    /^openai([-:/]|$)/,
  ],
  [
    "ANTHROPIC_API_KEY",
    /^(anthropic|langchain_anthropic|@anthropic-ai\/\S+|@ai-sdk\/anthropic|@langchain\/anthropic|claude_agent_sdk)\b|\.(llms?|models?)\.anthropic\b/,
    /^anthropic[:/]/,
  ],
  [
    "GOOGLE_API_KEY",
    /^(google\.(adk|genai|generativeai)|langchain_google_genai|@langchain\/google-genai)\b|\.(llms?|models?)\.(gemini|google|google_genai)\b/,
    /^(google-gla|google_genai|gemini)[:/]/,
  ],
  ["GOOGLE_GENERATIVE_AI_API_KEY", /^@ai-sdk\/google$/, /^google\//],
  [
    "MISTRAL_API_KEY",
    /^(mistralai|langchain_mistralai|@ai-sdk\/mistral|@langchain\/mistralai)\b|\.models?\.mistral\b/,
    /^mistral(ai)?[:/]/,
  ],
  ["GROQ_API_KEY", /^(groq|langchain_groq|@ai-sdk\/groq|@langchain\/groq)\b|\.models?\.groq\b/, /^groq[:/]/],
  ["COHERE_API_KEY", /^(cohere|langchain_cohere|@langchain\/cohere)\b/, /^cohere[:/]/],
  ["TAVILY_API_KEY", /^(tavily|langchain_tavily|@langchain\/tavily)\b/, /^$/],
];

function clientKeys({ imports, models }: Outline): string[] {
  const modules = Object.values(imports).flatMap(({ module, name }) => [module, `${module}.${name}`]);
  return CLIENTS.filter(
    ([, client, provider]) => modules.some((one) => client.test(one)) || models.some((one) => provider.test(one)),
  ).map(([key]) => key);
}
