/**
 * Starts the sandboxes of deployed versions, and goes on with those that an earlier server left or was killed beside. What a
 * version is loaded from was made when it was built.
 */
import { RunAgentError } from "@runagent/protocol";
import type { FoundResident, Resident, Starter, StartRequest } from "../../control/deploy/ports.ts";
import type { Inherited } from "../../egress/index.ts";
import type { FoundSandbox } from "../../sandbox/index.ts";
import type { LoadedVersion } from "../load-agent.ts";
import { type VersionLoading, versionLoader } from "./version-loader.ts";
import { endWarm, takeWarm, type WarmKey, type WarmPlace, type WarmSandbox, warmKeyText } from "./warm-sandboxes.ts";

export interface StarterParts extends VersionLoading {
  readonly secretsOf: (agent: string) => Readonly<Record<string, string>>;
  /** Where a bundle lies. */
  readonly bundleOf: (digest: string) => string;
  /** Networks of an earlier server that are gone on with; all others of it end. */
  readonly inherit: (networks: readonly Inherited[]) => Promise<void>;
}

/** What is loaded, and what there is of it already. */
interface Wanted extends Omit<WarmKey, "rules"> {
  readonly found: FoundSandbox | null;
}

export class PlatformStarter implements Starter<LoadedVersion> {
  readonly #parts: StarterParts;

  constructor(parts: StarterParts) {
    this.#parts = parts;
  }

  start({ agent, version, bundle, signal }: StartRequest): Promise<Resident<LoadedVersion>> {
    return this.#load({ agent, version, bundle, found: null }, signal);
  }

  async find(): Promise<readonly FoundResident<LoadedVersion>[]> {
    const warm = await takeWarm(this.#place, this.#parts.sandbox);
    await this.#parts.inherit(warm.flatMap(networkOf));
    return warm.map((one) => ({
      agent: one.key.agent,
      version: one.key.version,
      adopt: (signal) => this.#load({ ...one.key, found: one.found }, signal),
      discard: () => this.#discard(one),
    }));
  }

  async #load({ agent, version, bundle, found }: Wanted, signal: AbortSignal): Promise<Resident<LoadedVersion>> {
    const { secretsOf, bundleOf } = this.#parts;
    const result = await versionLoader(this.#parts, {
      ...{ agent, version, root: bundleOf(bundle), secrets: secretsOf(agent), progress: () => undefined },
      outliving: { keyOf: ({ network }) => warmKeyText({ agent, version, bundle, rules: network.egress }), found },
    }).load(version, signal);
    if (result.kind === "failed") throw RunAgentError.from(result.problem);
    const { description, source } = result;
    const { sandbox } = source;
    return {
      ...{ description, source },
      park: () => sandbox.park(),
      memory: () => null,
      leave: () => (sandbox.can.leave ? sandbox.leave() : sandbox.close(0)),
      close: (graceMs) => sandbox.close(graceMs),
    };
  }

  async #discard(one: WarmSandbox): Promise<void> {
    await endWarm(this.#place, one);
    const { network } = one.found;
    if (network !== null) await (await this.#parts.egress()).inherited(network)?.close();
  }

  get #place(): WarmPlace {
    return { data: this.#parts.data, path: this.#parts.shellEnv.PATH ?? "" };
  }
}

function networkOf({ key, found }: WarmSandbox): Inherited[] {
  const { agent, version, rules } = key;
  return found.network === null ? [] : [{ agent, version, rules, network: found.network }];
}
