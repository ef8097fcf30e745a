/** Who may do what on a server: keys, secrets of agents, the audit log. Only `runagent server` has them. */
import type { AuditEntry, KeyView, NewKey, Scope, SecretView } from "@runagent/protocol/access";
import type { Page } from "@runagent/protocol/run";
import { eachItem } from "./pages.ts";
import type { Waiting } from "./run-handle.ts";
import type { Transport } from "./transport.ts";

export interface KeyOptions extends Waiting {
  /** Left out: `run`. */
  readonly scopes?: readonly Scope[];
  /** Left out: every agent. */
  readonly agents?: readonly string[];
  /** Seconds; left out: it does not expire. */
  readonly expiresIn?: number;
  /** Calls in a second. */
  readonly rate?: number;
  /** Runs at a time. */
  readonly concurrency?: number;
}

export class AccessClient {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** An admin's key for the one-time code that the server printed. */
  login(code: string, { signal }: Waiting = {}): Promise<NewKey> {
    const body = JSON.stringify({ code });
    return this.#transport.json<NewKey>({ method: "POST", path: "v1/login", body, signal });
  }

  /** The key that calls. */
  whoami({ signal }: Waiting = {}): Promise<KeyView> {
    return this.#transport.json<KeyView>({ method: "GET", path: "v1/whoami", signal });
  }

  async keys({ signal }: Waiting = {}): Promise<readonly KeyView[]> {
    return (await this.#transport.json<Page<KeyView>>({ method: "GET", path: "v1/keys", signal })).items;
  }

  /** The only time that the key itself is there. */
  createKey({ signal, expiresIn, ...options }: KeyOptions = {}): Promise<NewKey> {
    const body = JSON.stringify({ ...options, expires_in: expiresIn });
    return this.#transport.json<NewKey>({ method: "POST", path: "v1/keys", body, signal });
  }

  async revokeKey(id: string, { signal }: Waiting = {}): Promise<void> {
    await this.#transport.text({ method: "DELETE", path: `v1/keys/${encodeURIComponent(id)}`, signal });
  }

  /** Names and versions; no value is ever read back. */
  async secrets(agent: string, { signal }: Waiting = {}): Promise<readonly SecretView[]> {
    const path = `v1/agents/${encodeURIComponent(agent)}/secrets`;
    return (await this.#transport.json<Page<SecretView>>({ method: "GET", path, signal })).items;
  }

  /** Allowed before the first deploy. New workers have it within ten seconds. */
  setSecret(
    secret: { readonly agent: string; readonly name: string; readonly value: string },
    { signal }: Waiting = {},
  ): Promise<SecretView> {
    const body = JSON.stringify({ value: secret.value });
    return this.#transport.json<SecretView>({ method: "PUT", path: secretPath(secret), body, signal });
  }

  async unsetSecret(
    secret: { readonly agent: string; readonly name: string },
    { signal }: Waiting = {},
  ): Promise<void> {
    await this.#transport.text({ method: "DELETE", path: secretPath(secret), signal });
  }

  /** Newest first. */
  audit({ signal }: Waiting = {}): AsyncGenerator<AuditEntry, void, undefined> {
    return eachItem((cursor) =>
      this.#transport.json<Page<AuditEntry>>({ method: "GET", path: "v1/audit", query: { cursor }, signal }),
    );
  }
}

const secretPath = ({ agent, name }: { readonly agent: string; readonly name: string }): string =>
  `v1/agents/${encodeURIComponent(agent)}/secrets/${encodeURIComponent(name)}`;
