/** The parts of the config's schema about where and how the agent runs. */

const size = <const D extends string>(description: D, example: string) =>
  ({ type: ["string", "number"], format: "size", description, examples: [example] }) as const;

const duration = <const D extends string, const F>(description: D, fallback: F) =>
  ({ type: ["string", "number"], format: "duration", default: fallback, description, examples: ["30s", 30] }) as const;

const strings = <const D extends string>(description: D, example: readonly string[]) =>
  ({
    type: "array",
    description,
    examples: [example],
    items: { type: "string", description: "One of them.", examples: example },
  }) as const;

export const RESOURCES = {
  type: "object",
  description: "What a version may use. Sizes: `512MB` (10^6) or `512MiB`; durations: seconds, or `30s`, `10m`, `24h`.",
  examples: [{ memory: "1GiB", cpu: 1, timeout: "5m", concurrency: 10 }],
  additionalProperties: false,
  properties: {
    memory: size("Memory of all its processes together.", "1GiB"),
    cpu: {
      type: ["number", "string"],
      format: "cpu",
      description: "Processor cores.",
      examples: [0.5, 2],
    },
    timeout: duration("The longest a run may take, waiting included.", 300),
    concurrency: {
      type: "integer",
      minimum: 1,
      description: "Runs at a time in one process. Left out: 1 for plain functions, 10 for coroutines.",
      examples: [10],
    },
    min_instances: {
      type: "integer",
      minimum: 0,
      default: 0,
      description: "Processes that are always there.",
      examples: [1],
    },
    max_instances: {
      type: "integer",
      minimum: 1,
      description: "Most processes at a time; then calls wait.",
      examples: [8],
    },
    idle_timeout: duration("How long an unused version stays awake.", "1m"),
    disk: size("Its own folder, home, `/tmp` and persistent folders together.", "2GB"),
  },
} as const;

export const NETWORK = {
  type: "object",
  description: "What the agent may reach.",
  examples: [{ egress: ["api.openai.com", "*.example.com:8443"] }],
  additionalProperties: false,
  properties: {
    egress: {
      type: "array",
      description: "Hosts that it may call once deployed: `host` (ports 80 and 443), `host:port`, `*.host`.",
      examples: [["api.openai.com"]],
      items: { type: "string", format: "egress", description: "One rule.", examples: ["api.openai.com"] },
    },
  },
} as const;

export const RUNTIME = {
  type: "object",
  description: "The interpreter and what is installed beside the agent's own requirements.",
  examples: [{ python: "3.12" }],
  additionalProperties: false,
  properties: {
    python: {
      type: ["string", "number"],
      format: "python",
      description: "Which Python: a version, a requirement, or a path.",
      examples: ["3.12", ">=3.11", "./.venv/bin/python"],
    },
    node: {
      type: ["string", "number"],
      format: "node",
      description: "Which Node: a version or a requirement.",
      examples: ["22", ">=22.4"],
    },
    image: {
      type: "string",
      description: "The image of the sandbox's root, pinned by digest.",
      examples: ["docker.io/library/python@sha256:0000000000000000000000000000000000000000000000000000000000000000"],
    },
    packages: strings("System packages that the sandbox's root has.", ["ffmpeg"]),
  },
} as const;

export const BUILD = {
  type: "object",
  description: "What goes into a deployed bundle.",
  examples: [{ root: "..", include: ["../shared/**"] }],
  additionalProperties: false,
  properties: {
    root: {
      type: "string",
      description:
        "The folder that is bundled, from the agent's folder: its own, or one around it with packages that it needs.",
      examples: [".."],
    },
    include: strings("Files beside the agent's folder, as patterns.", ["../shared/**"]),
    secrets: strings("Names of secrets that the build may see.", ["PRIVATE_INDEX_TOKEN"]),
  },
} as const;

export const ISOLATION = {
  type: "object",
  description: "What is kept apart from what.",
  examples: [{ scope: "run", require: "gvisor" }],
  additionalProperties: false,
  properties: {
    scope: {
      type: "string",
      enum: ["agent", "session", "run"],
      default: "agent",
      description: "A process is used again, belongs to one session, or is fresh for every run.",
      examples: ["run"],
    },
    require: {
      type: "string",
      enum: ["container", "gvisor"],
      description: "The least isolation that the agent accepts once deployed.",
      examples: ["gvisor"],
    },
  },
} as const;

export const SESSION = {
  type: "object",
  description: "How sessions behave.",
  examples: [{ on_busy: "enqueue", ttl: "24h" }],
  additionalProperties: false,
  properties: {
    on_busy: {
      type: "string",
      enum: ["enqueue", "reject", "interrupt", "rollback"],
      default: "enqueue",
      description: "What a run does whose session has one already.",
      examples: ["reject"],
    },
    ttl: {
      type: ["string", "number"],
      format: "duration",
      description: "How long an unused session is kept.",
      examples: ["24h"],
    },
  },
} as const;

export const SCHEDULE = {
  type: "object",
  description: "One schedule: `cron` or `every`.",
  examples: [{ name: "nightly", cron: "0 3 * * *", tag: "report", input: {}, timezone: "Europe/Berlin" }],
  additionalProperties: false,
  required: ["name"],
  properties: {
    name: { type: "string", description: "Its name, unique in the agent.", examples: ["nightly"] },
    cron: { type: "string", format: "cron", description: "Five fields, as cron has them.", examples: ["0 3 * * *"] },
    every: { type: ["string", "number"], format: "duration", description: "A pause, at least 1 s.", examples: ["10m"] },
    tag: { type: "string", description: "The entrypoint. Left out: the default.", examples: ["report"] },
    input: { description: "The input of each run.", examples: [{}] },
    timezone: {
      type: "string",
      format: "timezone",
      default: "UTC",
      description: "Whose clock `cron` means.",
      examples: ["Europe/Berlin"],
    },
    overlap: {
      type: "string",
      enum: ["skip", "queue", "replace"],
      default: "skip",
      description: "What happens when the last run still goes on.",
      examples: ["queue"],
    },
    missed: {
      type: "string",
      enum: ["skip", "last"],
      default: "skip",
      description: "What happens with times at which no server ran.",
      examples: ["last"],
    },
  },
} as const;

export const WEBHOOK = {
  type: "object",
  description: "One receiver, called as Standard Webhooks say.",
  examples: [{ url: "https://example.com/hooks/runagent" }],
  additionalProperties: false,
  required: ["url"],
  properties: {
    url: { type: "string", format: "https", description: "Where to.", examples: ["https://example.com/hook"] },
    events: {
      type: "array",
      description: "What it is told. Left out: every end of a run.",
      examples: [["run.failed"]],
      items: {
        type: "string",
        enum: ["run.succeeded", "run.failed", "run.cancelled", "run.waiting"],
        description: "One kind.",
        examples: ["run.failed"],
      },
    },
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the config's own placeholder
    secret: { type: "string", description: "Signs what is sent.", examples: ["${WEBHOOK_SECRET}"] },
  },
} as const;
