/** Keys, secrets and the audit log together: what is done is written down, by whom and from where, before it is answered. */
import type { Caller, KeyView, KeyWish, LimitValues, NewKey, SecretView } from "@runagent/protocol";
import { Allowances, type Allowed } from "./allowances.ts";
import { Audit } from "./audit.ts";
import { Keys } from "./keys.ts";
import { LoginCode } from "./login-code.ts";
import type { Logs, Records } from "./ports.ts";
import { Secrets } from "./secrets.ts";
import { Vault } from "./vault.ts";

export interface AccessOptions {
  readonly records: Records;
  readonly logs: Logs;
  readonly masterKey: string;
  readonly limits: Pick<
    LimitValues,
    "keys" | "login_code" | "login_tries" | "login_addresses" | "secret" | "secrets_per_agent" | "audit_shown"
  >;
  readonly now: () => number;
}

interface Deed {
  readonly caller: Caller;
  readonly address: string | null;
}

/** Rejects with CONFLICT when the master key is another one. */
export async function openAccess(options: AccessOptions): Promise<Access> {
  const { records, logs, masterKey, limits, now } = options;
  const vault = await Vault.open(masterKey, records);
  const [keys, secrets, audit] = await Promise.all([
    Keys.open({ records, limits, now }),
    Secrets.open({ records, vault, limits, now }),
    Audit.open({ logs, limits, now }),
  ]);
  return new Access({ keys, secrets, audit, code: new LoginCode({ limits, now }), allowances: new Allowances(now) });
}

interface Parts {
  readonly keys: Keys;
  readonly secrets: Secrets;
  readonly audit: Audit;
  readonly code: LoginCode;
  readonly allowances: Allowances;
}

export class Access {
  readonly #parts: Parts;
  /** For the agents' sandboxes; the gateway has `secrets` below. */
  readonly vaultOf: Secrets;
  readonly log: Audit;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.vaultOf = parts.secrets;
    this.log = parts.audit;
    parts.keys.onRevoked((id) => parts.allowances.forget(id));
  }

  readonly find = (key: string): KeyView | null => this.#parts.keys.find(key);

  readonly call = (key: KeyView): Allowed => this.#parts.allowances.call(key);

  /** Takes one run of the caller's allowance; the result gives it back. Throws RATE_LIMITED. */
  run(caller: Caller): () => void {
    const key = caller === null ? undefined : this.#parts.keys.get(caller.keyId);
    return key === undefined ? () => {} : this.#parts.allowances.run(key);
  }

  onRevoked(told: (id: string) => void): () => void {
    return this.#parts.keys.onRevoked(told);
  }

  /** A login code to show to whoever started the server; null: there is an admin's key. */
  loginCode(anyway: boolean): string | null {
    return anyway || !this.#parts.keys.hasAdmin() ? this.#parts.code.make() : null;
  }

  async login(code: string, address: string | null): Promise<NewKey> {
    const { keys, audit } = this.#parts;
    try {
      this.#parts.code.use(code, address);
    } catch (error) {
      await audit.note({ by: null, address, action: "login.refused" });
      throw error;
    }
    const key = await keys.create(OWNER);
    await audit.note({ by: key.id, address, action: "login", target: key.id });
    return key;
  }

  readonly keys = {
    list: (): readonly KeyView[] => this.#parts.keys.list(),
    create: async (wish: KeyWish, deed: Deed): Promise<NewKey> => {
      const key = await this.#parts.keys.create(wish);
      await this.#note(deed, { action: "key.create", target: key.id, detail: wish.scopes.join(" ") });
      return key;
    },
    revoke: async (id: string, deed: Deed): Promise<void> => {
      await this.#parts.keys.revoke(id);
      await this.#note(deed, { action: "key.revoke", target: id });
    },
  };

  readonly secrets = {
    list: (agent: string): readonly SecretView[] => this.#parts.secrets.list(agent),
    set: async (
      { agent, name, value }: { readonly agent: string; readonly name: string; readonly value: string },
      deed: Deed,
    ): Promise<SecretView> => {
      const secret = await this.#parts.secrets.set(agent, name, value);
      await this.#note(deed, { action: "secret.set", target: `${agent}/${name}`, detail: `version ${secret.version}` });
      return secret;
    },
    unset: async ({ agent, name }: { readonly agent: string; readonly name: string }, deed: Deed): Promise<void> => {
      await this.#parts.secrets.unset(agent, name);
      await this.#note(deed, { action: "secret.unset", target: `${agent}/${name}` });
    },
  };

  audit(cursor: string | null, limit: number): ReturnType<Audit["list"]> {
    return this.#parts.audit.list(cursor, limit);
  }

  #note(
    { caller, address }: Deed,
    what: { readonly action: string; readonly target: string; readonly detail?: string },
  ): Promise<void> {
    return this.#parts.audit.note({ by: caller?.keyId ?? null, address, ...what });
  }
}

/** Whoever has the login code looks after the server. */
const OWNER: KeyWish = {
  scopes: ["run", "read", "deploy", "admin", "act-as"],
  agents: null,
  expiresInMs: null,
  rate: null,
  concurrency: null,
};
