/** Starts the sandboxes of deployed versions. What a version is loaded from was made when it was built. */
import { RunAgentError } from "@runagent/protocol";
import type { FoundResident, Resident, Starter, StartRequest } from "../../control/deploy/ports.ts";
import type { LoadedVersion } from "../load-agent.ts";
import { type VersionLoading, versionLoader } from "./version-loader.ts";

export interface StarterParts extends VersionLoading {
  readonly secretsOf: (agent: string) => Readonly<Record<string, string>>;
  /** Where a bundle lies. */
  readonly bundleOf: (digest: string) => string;
}

export class PlatformStarter implements Starter<LoadedVersion> {
  readonly #parts: StarterParts;

  constructor(parts: StarterParts) {
    this.#parts = parts;
  }

  async start({ agent, version, bundle, signal }: StartRequest): Promise<Resident<LoadedVersion>> {
    const { secretsOf, bundleOf } = this.#parts;
    const folder = { agent, version, root: bundleOf(bundle), secrets: secretsOf(agent), progress: () => undefined };
    const result = await versionLoader(this.#parts, folder).load(version, signal);
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

  async find(): Promise<readonly FoundResident<LoadedVersion>[]> {
    return [];
  }
}
