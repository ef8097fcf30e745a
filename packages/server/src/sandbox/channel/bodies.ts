/** The bodies that workers send, parsed once at this border. What does not fit throws FrameError. */
import {
  type Description,
  type ExitedBody,
  FrameError,
  type HeldCall,
  type Interrupt,
  isErrorCode,
  type LogRecord,
  type PointedError,
  WORKER_EVENT_TYPES,
  type WorkerError,
  type WorkerEventType,
  type WorkerHello,
} from "@runagent/protocol";

type Members = Readonly<Record<string, unknown>>;

export function readHello(body: Buffer): WorkerHello {
  const from = members(parsed(body), "hello");
  const { role, language } = from;
  if (role !== "template" && role !== "worker" && role !== "process") throw new FrameError("hello: unknown role");
  return {
    protocol: number(from, "protocol"),
    role,
    worker: text(from, "worker"),
    token: text(from, "token"),
    pid: number(from, "pid"),
    language: language === "node" ? "node" : "python",
    runtime: text(from, "runtime"),
    held: list(from.held ?? []).map(readHeld),
  };
}

export function readDescription(body: Buffer): Description {
  const value = parsed(body);
  if (!isDescription(value)) throw new FrameError("describe: not a description");
  return value;
}

export function readError(body: Buffer): WorkerError {
  const from = members(parsed(body), "error");
  if (!isErrorCode(from.code)) throw new FrameError(`error: unknown code ${String(from.code)}`);
  return {
    code: from.code,
    detail: text(from, "detail"),
    ...optionalText(from, "type"),
    ...optionalText(from, "traceback"),
    ...optionalText(from, "hint"),
    ...(from.errors === undefined ? {} : { errors: list(from.errors).map(readPointed) }),
    ...(from.files === undefined ? {} : { files: list(from.files).map(String) }),
    ...(from.missing === undefined ? {} : { missing: list(from.missing).map(String) }),
  };
}

const LEVELS: Readonly<Record<string, LogRecord["level"]>> = {
  debug: "debug",
  info: "info",
  warning: "warning",
  error: "error",
};

export function readLog(body: Buffer): LogRecord {
  const from = members(parsed(body), "log");
  const { stream } = from;
  return {
    at: text(from, "at"),
    level: LEVELS[text(from, "level")] ?? "info",
    stream: stream === "stdout" || stream === "stderr" ? stream : "logging",
    message: text(from, "message"),
  };
}

export function readExited(body: Buffer): ExitedBody {
  const from = members(parsed(body), "exited");
  return {
    worker: text(from, "worker"),
    pid: number(from, "pid"),
    code: typeof from.code === "number" ? from.code : null,
    signal: typeof from.signal === "string" ? from.signal : null,
    ...(typeof from.begun === "number" ? { begun: from.begun } : {}),
  };
}

export function readHost(body: Buffer): { readonly host: string; readonly port: number } {
  const from = members(parsed(body), "host");
  return { host: text(from, "host"), port: number(from, "port") };
}

export function readInterrupts(body: Buffer): readonly Interrupt[] {
  return list(members(parsed(body), "interrupt").interrupts).map((one) => {
    const from = members(one, "interrupt");
    return { id: text(from, "id"), question: from.question ?? null, schema: from.schema ?? null };
  });
}

const EVENT_WORDS: ReadonlyMap<string, WorkerEventType> = new Map(WORKER_EVENT_TYPES.map((type) => [type, type]));

export function eventType(word: string): WorkerEventType {
  const type = EVENT_WORDS.get(word);
  if (type === undefined) throw new FrameError(`event: unknown type ${word}`);
  return type;
}

function readHeld(value: unknown): HeldCall {
  const from = members(value, "hello.held");
  return {
    call: number(from, "call"),
    run_id: text(from, "run_id"),
    attempt: number(from, "attempt"),
    first: number(from, "first"),
    last: number(from, "last"),
    ended: from.ended === true,
  };
}

function readPointed(value: unknown): PointedError {
  const from = members(value, "error.errors");
  return { pointer: text(from, "pointer"), detail: text(from, "detail") };
}

/** The worker file is ours and held to the protocol by vectors: looked at is what the server itself relies on. */
function isDescription(value: unknown): value is Description {
  if (!isMembers(value)) return false;
  const { entrypoints, files, notes } = value;
  const strings = [files, notes].every((one) => Array.isArray(one) && one.every((item) => typeof item === "string"));
  return (
    strings && Array.isArray(entrypoints) && entrypoints.every(isEntrypoint) && typeof value.import_ms === "number"
  );
}

function isEntrypoint(value: unknown): boolean {
  return isMembers(value) && typeof value.tag === "string" && typeof value.slots === "number" && value.slots >= 1;
}

function parsed(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString("utf8"));
  } catch (cause) {
    throw new FrameError("a body that is no JSON", { cause });
  }
}

const isMembers = (value: unknown): value is Members =>
  typeof value === "object" && value !== null && !Array.isArray(value);

function members(value: unknown, what: string): Members {
  if (isMembers(value)) return value;
  throw new FrameError(`${what}: not an object`);
}

function list(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value;
  throw new FrameError("a body with something else than a list");
}

function text(from: Members, name: string): string {
  const value = from[name];
  if (typeof value === "string") return value;
  throw new FrameError(`${name}: not a text`);
}

function number(from: Members, name: string): number {
  const value = from[name];
  if (typeof value === "number") return value;
  throw new FrameError(`${name}: not a number`);
}

const optionalText = <Name extends string>(from: Members, name: Name): { readonly [key in Name]?: string } => {
  const value = from[name];
  const found: { [key in Name]?: string } = {};
  if (typeof value === "string") found[name] = value;
  return found;
};
