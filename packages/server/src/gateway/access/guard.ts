/**
 * Who may call a route: by the key in the `Authorization` header and the scope that the route's row names. A key for some
 * agents does not learn whether others are there. When a key is revoked or expires, what is open with it is ended.
 */
import type { Socket } from "node:net";
import { type Caller, type KeyView, LIMITS, RunAgentError } from "@runagent/protocol";
import type { Route } from "@runagent/protocol/api";
import type { Access } from "../ports.ts";

/** A request, as far as it is looked at here. */
interface Visit {
  readonly req: { readonly socket: Socket };
  readonly params: readonly string[];
  caller: Caller;
  allowance: readonly string[];
  forget: (() => void) | null;
  header(name: string): string | null;
  param(name: string): string;
}

/** What is open with one key. */
interface Open {
  readonly visits: Set<Visit>;
  /** Until the next look whether the key has expired; null: it does not. */
  timer: NodeJS.Timeout | null;
}

export class Guard {
  readonly #access: Access;
  readonly #open = new Map<string, Open>();

  constructor(access: Access) {
    this.#access = access;
    access.onRevoked((id) => this.#end(id));
  }

  /** Throws UNAUTHENTICATED, FORBIDDEN, AGENT_NOT_FOUND, RATE_LIMITED. */
  admit(visit: Visit, { scope, method }: Pick<Route, "scope" | "method">): void {
    if (scope === "open") return;
    const key = this.#keyOf(visit);
    if (scope !== "any" && !suffices(key, scope, method)) throw forbidden(key, scope);
    const { id: keyId, scopes, agents } = key;
    visit.caller = { keyId, scopes, agents };
    assertAgent(visit, key);
    if (scope === "admin") assertWhole(visit, key);
    const { headers, refusal } = this.#access.call(key);
    visit.allowance = headers;
    if (refusal !== null) throw refusal;
    this.#watch(visit, key);
  }

  #keyOf(visit: Visit): KeyView {
    const said = visit.header("authorization");
    if (said === null) throw unauthenticated("This server wants a key.");
    const token = /^Bearer +(\S+) *$/i.exec(said)?.[1];
    if (token === undefined) throw unauthenticated("The `Authorization` header is not `Bearer KEY`.");
    const key = this.#access.find(token);
    if (key === null) throw unauthenticated("The key is none of this server's, or its time is over.");
    return key;
  }

  #watch(visit: Visit, { id, expires_at }: KeyView): void {
    const open = this.#open.get(id) ?? { visits: new Set<Visit>(), timer: null };
    this.#open.set(id, open);
    open.visits.add(visit);
    if (expires_at !== null && open.timer === null) this.#endWhenOver(id, Date.parse(expires_at));
    visit.forget = () => {
      open.visits.delete(visit);
      if (open.visits.size > 0 || this.#open.get(id) !== open) return;
      this.#open.delete(id);
      if (open.timer !== null) clearTimeout(open.timer);
    };
  }

  /** Looks again now and then: the machine's clock may be set meanwhile, and no timer is as long as a key may live. */
  #endWhenOver(id: string, over: number): void {
    const open = this.#open.get(id);
    if (open === undefined) return;
    const left = over - Date.now();
    if (left <= 0) this.#end(id);
    else open.timer = setTimeout(() => this.#endWhenOver(id, over), Math.min(left, LIMITS.key_look.value));
  }

  #end(keyId: string): void {
    for (const visit of this.#open.get(keyId)?.visits ?? []) visit.req.socket.destroySoon();
  }
}

/** Who may read everything may read what a caller may read of its own. */
function suffices({ scopes }: KeyView, scope: Exclude<Route["scope"], "open" | "any">, method: string): boolean {
  if (scopes.includes(scope)) return true;
  return scope === "run" && method === "GET" && scopes.includes("read");
}

function assertAgent(visit: Visit, { agents }: KeyView): void {
  if (agents === null || !visit.params.includes("agent")) return;
  const [name = ""] = visit.param("agent").split("@");
  if (!agents.includes(name)) {
    throw new RunAgentError("AGENT_NOT_FOUND", `There is no agent ${JSON.stringify(name)} here.`);
  }
}

/** Keys, the audit log: what is not of one agent is not for a key of some. */
function assertWhole(visit: Visit, { id, agents }: KeyView): void {
  if (agents === null || visit.params.includes("agent")) return;
  throw new RunAgentError("FORBIDDEN", `This is of the whole server; the key ${id} is for ${agents.join(", ")}.`);
}

const forbidden = ({ id, scopes }: KeyView, scope: string): RunAgentError =>
  new RunAgentError("FORBIDDEN", `This needs the scope \`${scope}\`; the key ${id} has ${scopes.join(", ")}.`, {
    scope,
  });

const unauthenticated = (detail: string): RunAgentError =>
  new RunAgentError("UNAUTHENTICATED", detail, {
    hint: "Send `Authorization: Bearer KEY`; `runagent login` gets one.",
  });
