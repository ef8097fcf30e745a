/**
 * The text of a typed client for one agent: the types of its entrypoints, and a function that gives them to the SDK's
 * client. Imports the SDK only. The same agent always gives the same text.
 */
import type { AgentView } from "@runagent/sdk";
import { comments, memberName, typeName, valueName } from "./names.ts";
import { SchemaTypes } from "./schema-types.ts";

type Entrypoint = AgentView["entrypoints"][number];

export function typedClient(agent: AgentView): string {
  const types = new SchemaTypes(new Set(OWN_NAMES));
  const members = agent.entrypoints.map((one) => entrypointMember(one, types));
  const named = typeName(agent.name);
  return [
    HEAD,
    IMPORTS,
    ...types.declarations,
    `/** Entrypoints of the agent "${comments(agent.title)}": what each takes and gives. */\nexport interface Entrypoints {\n${members.join("\n")}\n}`,
    client(agent),
    `/** The agent "${comments(agent.title)}" of a server, typed. Its default entrypoint is \`${agent.default}\`. */\n` +
      `export function ${functionName(named)}(client: RunAgent): TypedAgent {\n  return client.agent(${JSON.stringify(agent.name)}) as TypedAgent; // the same object: only its types are narrower\n}`,
    "",
  ]
    .join("\n\n")
    .replace(/\n+$/, "\n");
}

const HEAD = [
  "// Made by `runagent types`. Not to be edited: make it again when the agent has changed;",
  "// `runagent types --out FILE --check` says whether that is necessary.",
].join("\n");

const IMPORTS = [
  "import type {",
  ...[
    "AgentView",
    "BatchHandle",
    "BatchOptions",
    "RunAgent",
    "RunHandle",
    "RunOptions",
    "RunStream",
    "StreamOptions",
  ].map((name) => `  ${name},`),
  '} from "@runagent/sdk";',
].join("\n");

const OWN_NAMES = [
  ...["AgentView", "BatchHandle", "BatchOptions", "RunAgent", "RunHandle", "RunOptions", "RunStream", "StreamOptions"],
  ...["Entrypoints", "Tag", "Tagged", "TypedAgent", "Record", "Readonly", "Promise", "Omit", "AbortSignal", "Default"],
];

function entrypointMember(one: Entrypoint, types: SchemaTypes): string {
  const name = typeName(one.tag);
  const input = types.declare(`${name}Input`, one.input_schema, `What \`${one.tag}\` takes.`);
  const output = types.declare(`${name}Output`, outputSchema(one), `What \`${one.tag}\` gives.`);
  return `  readonly ${memberName(one.tag)}: { readonly input: ${input}; readonly output: ${output} };`;
}

/** Who waits for a stream gets its chunks, too. */
function outputSchema({ type, output_schema }: Entrypoint): unknown {
  if (type !== "generic_stream") return output_schema;
  const properties = { chunks: { type: "array" }, output: {} };
  return { type: "object", properties, required: ["chunks", "output"] };
}

/** Without a tag it is the default entrypoint, as everywhere. */
const client = (agent: AgentView): string => `/** The name of an entrypoint. */
export type Tag = keyof Entrypoints;

/** The entrypoint that is called when no \`tag\` is named. */
export type Default = ${JSON.stringify(agent.default)};

type Tagged<Options, T extends Tag> = Omit<Options, "tag"> & { readonly tag: T };

/** The SDK's client of one agent, with the agent's own types. */
export interface TypedAgent {
  readonly name: string;
${METHODS.map(method).join("\n")}
  describe(options?: { readonly signal?: AbortSignal }): Promise<AgentView>;
}`;

interface Method {
  readonly name: string;
  readonly about: string;
  /** Of the entrypoint T. */
  readonly takes: (entrypoint: string) => string;
  readonly options: string;
  readonly gives: (entrypoint: string) => string;
}

const INPUT = (of: string): string => `input: ${of}["input"]`;

const METHODS: readonly Method[] = [
  {
    name: "run",
    about: "Waits for the output.",
    takes: INPUT,
    options: "RunOptions",
    gives: (of) => `Promise<${of}["output"]>`,
  },
  {
    name: "stream",
    about: "Begins at once; iterate for the events.",
    takes: INPUT,
    options: "StreamOptions",
    gives: () => "RunStream",
  },
  {
    name: "background",
    about: "Accepted, and on its own from then on.",
    takes: INPUT,
    options: "RunOptions",
    gives: () => "Promise<RunHandle>",
  },
  {
    name: "batch",
    about: "One run per item.",
    takes: (of) => `items: readonly ${of}["input"][]`,
    options: "BatchOptions",
    gives: () => "Promise<BatchHandle>",
  },
];

function method({ name, about, takes, options, gives }: Method): string {
  const [usual, tagged] = ["Entrypoints[Default]", "Entrypoints[T]"];
  return [
    `  /** ${about} */`,
    `  ${name}(${takes(usual)}, options?: Omit<${options}, "tag">): ${gives(usual)};`,
    `  ${name}<T extends Tag>(${takes(tagged)}, options: Tagged<${options}, T>): ${gives(tagged)};`,
  ].join("\n");
}

const RESERVED =
  /^(default|new|class|function|delete|return|export|import|in|do|if|for|let|var|const|await|yield|this|null|true|false|void|with|enum)$/;

function functionName(type: string): string {
  const name = valueName(type);
  return RESERVED.test(name) ? `${name}Agent` : name;
}
