/**
 * The sessions that this process remembers: whose they are, their state, and their routes. The first use fixes the owner;
 * for another owner a session does not exist. The one unused for the longest time is forgotten first.
 */
import { randomUUID } from "node:crypto";
import type { Caller, JsonText, LimitValues, Page, RunRequest, SessionView } from "@runagent/protocol";
import { RunAgentError } from "@runagent/protocol";
import type { Clock } from "./ports.ts";
import { iso } from "./run-record.ts";
import type { Session } from "./session-seats.ts";

export interface SessionsOptions {
  readonly clock: Clock;
  readonly limits: Pick<LimitValues, "sessions_in_memory">;
  /** The state of the session as a run of it left it. */
  readonly stateAfter: (caller: Caller, runId: string, session: string) => JsonText | null;
  readonly ttlMs: (agent: string) => number | null;
}

type Wanted = Pick<RunRequest, "agent" | "session" | "user" | "caller">;

export class SessionTable<Run> {
  readonly #options: SessionsOptions;
  /** By agent and id; the one unused for the longest time first. */
  readonly #sessions = new Map<string, Session<Run>>();

  constructor(options: SessionsOptions) {
    this.#options = options;
  }

  /** The session of a call, or undefined when it is a new one; NOT_FOUND when it is another owner's. */
  find(wanted: Wanted & { readonly session: string }): Session<Run> | undefined {
    const session = this.#alive(wanted.agent, wanted.session);
    if (session !== undefined && session.owner !== ownerOf(wanted)) throw notFound(wanted.session);
    return session;
  }

  open(wanted: Wanted & { readonly session: string }): Session<Run> {
    const known = this.find(wanted);
    if (known !== undefined) {
      this.#touch(known);
      return known;
    }
    return this.#add({
      agent: wanted.agent,
      id: wanted.session,
      owner: ownerOf(wanted),
      user: wanted.user,
      state: null,
    });
  }

  /** A run of it succeeded. A session that was deleted meanwhile stays deleted. */
  save(session: Session<Run>, state: JsonText | null): void {
    if (state !== null) session.state = state;
    this.#touch(session);
  }

  list(caller: Caller, agent: string, cursor: string | null, limit: number): Page<SessionView> {
    const all = [...this.#sessions.values()]
      .filter((one) => one.agent === agent && this.#mayUse(caller, one) && this.#alive(agent, one.id) === one)
      .sort(newestFirst);
    const after = cursor === null ? all : all.filter((one) => isAfter(one, cursor));
    const items = after.slice(0, limit);
    const last = items.at(-1);
    return { items: items.map(view), next: after.length > items.length && last !== undefined ? cursorOf(last) : null };
  }

  get(caller: Caller, agent: string, id: string): SessionView & { readonly state: JsonText } {
    const session = this.#of(caller, agent, id);
    return { ...view(session), state: session.state ?? "null" };
  }

  delete(caller: Caller, agent: string, id: string): void {
    this.#sessions.delete(keyOf(this.#of(caller, agent, id)));
  }

  fork(
    caller: Caller,
    agent: string,
    id: string,
    to: { readonly id: string | null; readonly at: string | null },
  ): SessionView {
    const from = this.#of(caller, agent, id);
    const state = to.at === null ? from.state : this.#options.stateAfter(caller, to.at, id);
    const forkId = to.id ?? randomUUID();
    if (this.#alive(agent, forkId) !== undefined) {
      throw new RunAgentError("CONFLICT", `There is a session ${JSON.stringify(forkId)} already.`);
    }
    return view(this.#add({ agent, id: forkId, owner: from.owner, user: from.user, state }));
  }

  #add(made: Pick<Session<Run>, "agent" | "id" | "owner" | "user" | "state">): Session<Run> {
    const now = this.#options.clock.now();
    const session = { ...made, createdAt: now, updatedAt: now, runs: 0, seated: null, waiting: [] };
    this.#sessions.set(keyOf(session), session);
    this.#trim();
    return session;
  }

  #touch(session: Session<Run>): void {
    session.updatedAt = this.#options.clock.now();
    const key = keyOf(session);
    if (this.#sessions.get(key) !== session) return;
    this.#sessions.delete(key);
    this.#sessions.set(key, session);
  }

  #trim(): void {
    let spare = this.#sessions.size - this.#options.limits.sessions_in_memory;
    for (const [key, session] of this.#sessions) {
      if (spare <= 0) return;
      if (session.seated !== null) continue;
      this.#sessions.delete(key);
      spare -= 1;
    }
  }

  #alive(agent: string, id: string): Session<Run> | undefined {
    const key = keyOf({ agent, id });
    const session = this.#sessions.get(key);
    if (session === undefined) return undefined;
    const ttl = this.#options.ttlMs(agent);
    if (ttl === null || session.seated !== null || this.#options.clock.now() - session.updatedAt <= ttl) return session;
    this.#sessions.delete(key);
    return undefined;
  }

  #of(caller: Caller, agent: string, id: string): Session<Run> {
    const session = this.#alive(agent, id);
    if (session === undefined || !this.#mayUse(caller, session)) throw notFound(id);
    return session;
  }

  #mayUse(caller: Caller, session: Session<Run>): boolean {
    return (
      caller === null ||
      session.owner === caller.keyId ||
      caller.scopes.some((one) => one === "read" || one === "admin")
    );
  }
}

const ownerOf = ({ user, caller }: Pick<RunRequest, "user" | "caller">): string | null => user ?? caller?.keyId ?? null;
const keyOf = ({ agent, id }: { readonly agent: string; readonly id: string }): string => `${agent}\n${id}`;
const notFound = (id: string): RunAgentError =>
  new RunAgentError("NOT_FOUND", `There is no session ${JSON.stringify(id)}.`, {
    hint: "`GET /v1/agents/{agent}/sessions` lists those that you may use; a call with a new name begins one.",
  });
const cursorOf = (session: { readonly createdAt: number; readonly id: string }): string =>
  `${session.createdAt}~${session.id}`;

function newestFirst(a: Session<unknown>, b: Session<unknown>): number {
  return b.createdAt - a.createdAt || (a.id < b.id ? 1 : -1);
}

function isAfter(session: Session<unknown>, cursor: string): boolean {
  const [time = "", ...rest] = cursor.split("~");
  const createdAt = Number(time);
  if (rest.length === 0 || !Number.isFinite(createdAt)) {
    throw new RunAgentError("INVALID_REQUEST", `The cursor ${JSON.stringify(cursor)} was not given by this server.`);
  }
  return session.createdAt < createdAt || (session.createdAt === createdAt && session.id < rest.join("~"));
}

function view(session: Session<unknown>): SessionView {
  return {
    id: session.id,
    agent: session.agent,
    user: session.user,
    created_at: iso(session.createdAt),
    updated_at: iso(session.updatedAt),
    runs: session.runs,
  };
}
