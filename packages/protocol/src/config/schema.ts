/**
 * The one schema of `runagent.config.json` (JSON Schema 2020-12). The validator, the TypeScript type, the file that
 * editors use and `docs/reference/config.md` all come from here. `format` names a check of `formats.ts`.
 */
import type { FromSchema } from "json-schema-to-ts";
import { LEGACY_PROPERTIES } from "./schema-legacy.ts";
import { ENTRYPOINT, text } from "./schema-parts.ts";
import { BUILD, ISOLATION, NETWORK, RESOURCES, RUNTIME, SCHEDULE, SESSION, WEBHOOK } from "./schema-platform.ts";

export const CONFIG_SCHEMA = {
  $schema: "https://json-schema.org/draft/2020-12/schema",
  $id: "https://runagent.dev/schemas/runagent.config.schema.json",
  title: "RunAgent agent",
  description: "A folder with an AI agent: what can be called in it, and what it needs to run.",
  type: "object",
  additionalProperties: false,
  required: ["agent_name", "agent_architecture"],
  properties: {
    $schema: text("Where editors find this schema.", "./runagent.config.schema.json"),
    agent_name: text("The agent's name, any text. Its URL name is made from it.", "my-agent"),
    description: text("What the agent does, for people.", "Answers questions about orders."),
    framework: text("What the agent is written with. Informative: objects are recognised by their class.", "langgraph"),
    version: {
      type: ["string", "number"],
      description: "Your own version of the agent. Informative.",
      examples: ["1.0.0"],
    },
    agent_architecture: {
      type: "object",
      description: "What can be called.",
      additionalProperties: false,
      required: ["entrypoints"],
      properties: {
        entrypoints: {
          type: "array",
          description: "The functions and objects that callers may run. The first is the default.",
          examples: [[{ file: "agent.py", module: "app.invoke", type: "generic" }]],
          items: ENTRYPOINT,
        },
      },
    },
    env_vars: {
      type: "object",
      description: "Environment variables of the agent: the weakest source, after the shell and `.env`.",
      // biome-ignore lint/suspicious/noTemplateCurlyInString: the config's own placeholder
      examples: [{ LOG_LEVEL: "info", API_BASE: "${API_BASE:-https://api.example.com}" }],
      additionalProperties: {
        type: ["string", "number", "boolean", "null"],
        // biome-ignore lint/suspicious/noTemplateCurlyInString: the config's own placeholder
        description: "Its value. `${NAME}` and `${NAME:-default}` are filled in.",
        examples: ["info"],
      },
    },
    secrets: {
      type: "array",
      description: "Names of secrets: each is an environment variable, and in `context.secrets`.",
      examples: [["OPENAI_API_KEY"]],
      items: {
        type: "string",
        format: "variable",
        description: "The name of an environment variable.",
        examples: ["OPENAI_API_KEY"],
      },
    },
    resources: RESOURCES,
    network: NETWORK,
    runtime: RUNTIME,
    build: BUILD,
    isolation: ISOLATION,
    session: SESSION,
    lifespan: {
      type: "string",
      format: "place",
      description: "`FILE:NAME` of an async context manager that every worker enters before its first run.",
      examples: ["agent.py:lifespan"],
    },
    persistent_folders: {
      type: "array",
      description: "Folders of the agent that are kept over versions and restarts.",
      examples: [["data"], [{ path: "data", scope: "user" }]],
      items: {
        anyOf: [
          { type: "string", format: "inside", description: "A folder in the agent's folder.", examples: ["data"] },
          {
            type: "object",
            description: "A folder, and whose it is.",
            examples: [{ path: "data", scope: "session" }],
            additionalProperties: false,
            required: ["path"],
            properties: {
              path: {
                type: "string",
                format: "inside",
                description: "A folder in the agent's folder.",
                examples: ["data"],
              },
              scope: {
                type: "string",
                enum: ["agent", "user", "session"],
                default: "agent",
                description: "One for all, one for each user, or one for each session.",
                examples: ["user"],
              },
            },
          },
        ],
      },
    },
    schedules: {
      type: "array",
      description: "Runs that start by the clock.",
      examples: [[{ name: "nightly", cron: "0 3 * * *", tag: "report" }]],
      items: SCHEDULE,
    },
    webhooks: {
      type: "array",
      description: "Who is told when runs end.",
      examples: [[{ url: "https://example.com/hooks/runagent", events: ["run.failed"] }]],
      items: WEBHOOK,
    },
    healthcheck: text("The tag of the entrypoint that is called before a new version gets traffic.", "ping"),
    ...LEGACY_PROPERTIES,
  },
} as const;

/** A default is filled in later: the file need not have it. */
type AsWritten = { keepDefaultedPropertiesOptional: true };

/** A config as it stands in the file, after it was checked. */
export type WrittenConfig = FromSchema<typeof CONFIG_SCHEMA, AsWritten>;
export type WrittenEntrypoint = FromSchema<typeof ENTRYPOINT, AsWritten>;
export type WrittenRetry = NonNullable<WrittenEntrypoint["retry"]>;
