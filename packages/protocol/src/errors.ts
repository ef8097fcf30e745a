/**
 * The one catalogue of errors. Every problem that leaves a process has its code here (invariant G2): the HTTP status,
 * whose fault it is, whether trying again may help, and what to do. `docs/reference/errors.md` is generated from it.
 * Nobody decides anything by a message's words.
 */

/** Whose fault: the one who called, the agent's code, or the platform itself. */
export type Origin = "caller" | "agent" | "platform";

export interface ErrorEntry {
  readonly status: number;
  readonly origin: Origin;
  readonly retryable: boolean;
  readonly title: string;
  readonly hint: string;
}

const entry = (status: number, origin: Origin, retryable: boolean, title: string, hint: string): ErrorEntry => ({
  status,
  origin,
  retryable,
  title,
  hint,
});

export const ERRORS = {
  INVALID_REQUEST: entry(400, "caller", false, "The request is not understood", "Correct what the detail names."),
  UNAUTHENTICATED: entry(401, "caller", false, "No valid key", "Send `Authorization: Bearer KEY`."),
  FORBIDDEN: entry(403, "caller", false, "Not allowed", "Use a key with the scope that the detail names."),
  NOT_FOUND: entry(404, "caller", false, "Not found", "Look at `/docs` for the paths that exist."),
  AGENT_NOT_FOUND: entry(404, "caller", false, "No such agent", "`GET /v1/agents` lists the agents."),
  ENTRYPOINT_NOT_FOUND: entry(404, "caller", false, "No such entrypoint", "`GET /v1/agents/{agent}` lists the tags."),
  VERSION_NOT_FOUND: entry(404, "caller", false, "No such version", "`GET /v1/agents/{agent}` names the current one."),
  RUN_NOT_FOUND: entry(404, "caller", false, "No such run", "Check the id; ids begin with `run_`."),
  RUN_NOT_RECORDED: entry(
    404,
    "caller",
    false,
    "This server has no record of the run",
    "Direct runs may be forgotten after a restart or when newer runs took their place; send an `Idempotency-Key` to keep one.",
  ),
  BATCH_NOT_FOUND: entry(404, "caller", false, "No such batch", "Check the id; ids begin with `bat_`."),
  METHOD_NOT_ALLOWED: entry(405, "caller", false, "Wrong method", "Use a method that the `Allow` header names."),
  REQUEST_TIMEOUT: entry(408, "caller", true, "The request did not arrive in time", "Send it faster, or in one piece."),
  CONFLICT: entry(409, "caller", false, "The state of the thing forbids this", "Read it again, then decide."),
  SESSION_BUSY: entry(
    409,
    "caller",
    true,
    "The session has too many runs waiting",
    "Wait for the earlier runs of the session.",
  ),
  RUN_CANCELLED: entry(409, "caller", true, "The run was cancelled", "`by` and `reason` say who did it and why."),
  EVENTS_GONE: entry(
    410,
    "caller",
    false,
    "Those events are no longer kept",
    "Begin at the event that the detail names.",
  ),
  INPUT_TOO_LARGE: entry(413, "caller", false, "The body is too large", "Send less, or raise the limit `body`."),
  WRONG_HOST: entry(
    421,
    "caller",
    false,
    "This server does not answer to that host name",
    "Use a loopback name, or start with `--host`.",
  ),
  HEADERS_TOO_LARGE: entry(431, "caller", false, "The headers are too large", "Send fewer or shorter headers."),
  INVALID_INPUT: entry(
    422,
    "caller",
    false,
    "The input does not fit the entrypoint",
    "Correct what `errors` points at; the schema is in `GET /v1/agents/{agent}`.",
  ),
  IDEMPOTENCY_KEY_REUSED: entry(
    422,
    "caller",
    false,
    "That Idempotency-Key belongs to another request",
    "Use a new key for a new request.",
  ),
  RATE_LIMITED: entry(429, "caller", true, "Too many requests for this key", "Wait as long as `Retry-After` says."),
  QUEUE_FULL: entry(429, "caller", true, "Too many calls are waiting", "Wait as long as `Retry-After` says."),
  AGENT_ERROR: entry(
    500,
    "agent",
    false,
    "The agent's code raised an error",
    "Read the traceback: it is the agent's own.",
  ),
  OUTPUT_NOT_JSON: entry(
    500,
    "agent",
    false,
    "The output cannot be written as JSON",
    "Return plain data at the place that `errors` points at.",
  ),
  OUTPUT_TOO_LARGE: entry(500, "agent", false, "The output is too large", "Return less, or raise the limit `output`."),
  EVENT_TOO_LARGE: entry(
    500,
    "agent",
    false,
    "One event is too large",
    "Yield smaller pieces, or raise the limit `event`.",
  ),
  EVENTS_TOO_LARGE: entry(
    500,
    "agent",
    false,
    "The run's events are too large together",
    "Yield less, or raise the limit `events_per_run`.",
  ),
  BATCH_MISMATCH: entry(
    500,
    "agent",
    false,
    "The batch function did not return one item for each",
    "Return a list of the same length as the input.",
  ),
  INTERNAL: entry(500, "platform", true, "A fault of RunAgent", "Report it with the run id and the server's log."),
  WORKER_LOST: entry(
    502,
    "agent",
    false,
    "The process that ran it ended",
    "Look at the run's logs; a new run gets a new process.",
  ),
  OUT_OF_MEMORY: entry(
    502,
    "agent",
    false,
    "The agent used more memory than it may",
    "Use less, or raise `resources.memory`.",
  ),
  LOAD_FAILED: entry(
    503,
    "agent",
    true,
    "The agent could not be loaded",
    "Mend what the traceback shows; `serve` loads it again at every save.",
  ),
  NO_CAPACITY: entry(503, "platform", true, "No room to run this now", "Wait as long as `Retry-After` says."),
  DRAINING: entry(503, "platform", true, "The server is stopping", "Send it again to the next server."),
  DEADLINE_EXCEEDED: entry(504, "agent", true, "The run did not end in time", "Give it more time, or make it faster."),
  STORAGE_FULL: entry(507, "platform", true, "The disk is nearly full", "Free some space; writing goes on by itself."),
} as const satisfies Record<string, ErrorEntry>;

export type ErrorCode = keyof typeof ERRORS;

/** One place in a body that is wrong. `pointer` is RFC 6901; the whole is `""`. */
export interface PointedError {
  readonly pointer: string;
  readonly detail: string;
}

/** RFC 9457 problem, as it goes over the wire. */
export interface Problem {
  type: string;
  title: string;
  status: number;
  detail: string;
  code: ErrorCode;
  origin: Origin;
  retryable: boolean;
  hint: string;
  run_id?: string;
  errors?: readonly PointedError[];
  /** The agent's own traceback, where the reader may see it. */
  traceback?: string;
  [extension: string]: unknown;
}

/** What may be said beyond the catalogue; unknown members become extension members of the problem. */
export interface ProblemDetails {
  readonly origin?: Origin;
  readonly retryable?: boolean;
  readonly hint?: string;
  readonly run_id?: string;
  readonly errors?: readonly PointedError[];
  readonly traceback?: string;
  readonly [extension: string]: unknown;
}

export const ERROR_TYPE_BASE = "https://runagent.dev/errors/";

/** Builds the wire form of an error of the catalogue. */
export function problem(code: ErrorCode, detail: string, details: ProblemDetails = {}): Problem {
  const base = ERRORS[code];
  return {
    type: `${ERROR_TYPE_BASE}${code}`,
    title: base.title,
    status: base.status,
    detail,
    code,
    origin: base.origin,
    retryable: base.retryable,
    hint: base.hint,
    ...details,
  };
}

/** The one error class. Thrown for what must not happen; expected endings are values. */
export class RunAgentError extends Error {
  override readonly name = "RunAgentError";
  readonly code: ErrorCode;
  readonly problem: Problem;

  constructor(code: ErrorCode, detail: string, details: ProblemDetails = {}, options?: ErrorOptions) {
    super(detail, options);
    this.code = code;
    this.problem = problem(code, detail, details);
  }

  /** Itself, or a fault of ours (INTERNAL) with the cause kept. */
  static wrap(error: unknown): RunAgentError {
    if (error instanceof RunAgentError) return error;
    return new RunAgentError("INTERNAL", error instanceof Error ? error.message : String(error), {}, { cause: error });
  }

  /** Wraps a problem that came over a wire. */
  static from(value: Problem, options?: ErrorOptions): RunAgentError {
    return new RunAgentError(value.code, value.detail, value, options);
  }
}

export function isErrorCode(value: unknown): value is ErrorCode {
  return typeof value === "string" && Object.hasOwn(ERRORS, value);
}
