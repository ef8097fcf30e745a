/**
 * Secrets of agents: set, listed by name, never read back by anybody but the agent. Each change is a version; who asked to
 * be told of changes starts new workers with it.
 */
import { type LimitValues, RunAgentError, type SecretView } from "@runagent/protocol";
import type { Records } from "./ports.ts";
import type { Vault } from "./vault.ts";

const PREFIX = "default/secrets/";
const NAME = /^[A-Za-z_][A-Za-z0-9_]{0,127}$/;

interface Kept extends SecretView {
  readonly sealed: string;
}

export interface SecretsOptions {
  readonly records: Records;
  readonly vault: Vault;
  readonly limits: Pick<LimitValues, "secret" | "secrets_per_agent">;
  readonly now: () => number;
}

export class Secrets {
  readonly #options: SecretsOptions;
  readonly #agents = new Map<string, Map<string, Kept>>();
  readonly #listeners = new Set<(agent: string) => void>();

  private constructor(options: SecretsOptions) {
    this.#options = options;
  }

  static async open(options: SecretsOptions): Promise<Secrets> {
    const secrets = new Secrets(options);
    for (const { key, value } of await options.records.list(PREFIX)) {
      const [agent = ""] = key.slice(PREFIX.length).split("/");
      secrets.#remember(agent, JSON.parse(value));
    }
    return secrets;
  }

  list(agent: string): readonly SecretView[] {
    const all = [...(this.#agents.get(agent)?.values() ?? [])].map(({ name, version, set_at }) => ({
      name,
      version,
      set_at,
    }));
    return all.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  }

  /** Of the names, those without a value. */
  async missing(agent: string, names: readonly string[]): Promise<readonly string[]> {
    const has = this.#agents.get(agent);
    return names.filter((name) => has?.has(name) !== true);
  }

  /** Allowed before the agent is there. Throws INVALID_REQUEST, INPUT_TOO_LARGE, CONFLICT. */
  async set(agent: string, name: string, value: string): Promise<SecretView> {
    this.#check(agent, name, value);
    const { records, vault, now } = this.#options;
    const place = placeOf(agent, name);
    const set_at = new Date(now()).toISOString();
    const { value: text } = await records.update(place, (before) => {
      const version = before === null ? 1 : Number(JSON.parse(before).version) + 1;
      return JSON.stringify({ name, version, set_at, sealed: vault.seal(place, value) } satisfies Kept);
    });
    const kept: Kept = JSON.parse(text ?? "");
    this.#remember(agent, kept);
    this.#tell(agent);
    return { name, version: kept.version, set_at };
  }

  /** Throws NOT_FOUND. */
  async unset(agent: string, name: string): Promise<void> {
    if (this.#agents.get(agent)?.delete(name) !== true) {
      throw new RunAgentError("NOT_FOUND", `${agent} has no secret ${JSON.stringify(name)}.`, {
        hint: "`runagent secret list AGENT` lists them.",
      });
    }
    await this.#options.records.update(placeOf(agent, name), () => null);
    this.#tell(agent);
  }

  /** What the agent's variables are made from. For its sandbox alone. */
  values(agent: string): Readonly<Record<string, string>> {
    const all = [...(this.#agents.get(agent)?.values() ?? [])];
    return Object.fromEntries(
      all.map(({ name, sealed }) => [name, this.#options.vault.unseal(placeOf(agent, name), sealed)]),
    );
  }

  /** The agent is deleted. */
  async forget(agent: string): Promise<void> {
    const names = [...(this.#agents.get(agent)?.keys() ?? [])];
    this.#agents.delete(agent);
    await Promise.all(names.map((name) => this.#options.records.update(placeOf(agent, name), () => null)));
  }

  /** Told after every change; what it returns ends that. */
  onChange(changed: (agent: string) => void): () => void {
    this.#listeners.add(changed);
    return () => void this.#listeners.delete(changed);
  }

  #check(agent: string, name: string, value: string): void {
    if (!NAME.test(name)) {
      throw new RunAgentError("INVALID_REQUEST", `${JSON.stringify(name)} is no name of an environment variable.`);
    }
    if (name.startsWith("RUNAGENT_"))
      throw new RunAgentError("INVALID_REQUEST", `${name}: RUNAGENT_* is RunAgent's own.`);
    const { limits } = this.#options;
    if (Buffer.byteLength(value) > limits.secret) {
      throw new RunAgentError("INPUT_TOO_LARGE", `${name} is larger than ${limits.secret} bytes.`);
    }
    if (value.includes("\0")) throw new RunAgentError("INVALID_REQUEST", `${name} has a zero byte.`);
    const has = this.#agents.get(agent);
    if (has !== undefined && !has.has(name) && has.size >= limits.secrets_per_agent) {
      throw new RunAgentError("CONFLICT", `${agent} has ${has.size} secrets already; unset some.`);
    }
  }

  #remember(agent: string, kept: Kept): void {
    const has = this.#agents.get(agent) ?? new Map<string, Kept>();
    this.#agents.set(agent, has);
    has.set(kept.name, kept);
  }

  #tell(agent: string): void {
    for (const changed of this.#listeners) changed(agent);
  }
}

const placeOf = (agent: string, name: string): string => `${PREFIX}${agent}/${name}`;
