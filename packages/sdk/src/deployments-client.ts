/** What is deployed on a server, and deploying. Only `runagent server` has them. */
import type {
  BundleFile,
  Deployment,
  DeploymentEvent,
  ScaleView,
  VersionDetail,
  VersionDiff,
  VersionView,
  WorkerView,
} from "@runagent/protocol/deployment";
import type { Page } from "@runagent/protocol/run";
import { eachItem } from "./pages.ts";
import type { Waiting } from "./run-handle.ts";
import type { Transport } from "./transport.ts";

export interface DeployOptions extends Waiting {
  readonly message?: string;
  /** Where the agent's folder is among the files; left out: they are all its own. */
  readonly folder?: string;
  /** What the bundle was made without: told again at the end. */
  readonly leftOut?: readonly string[];
}

export class DeploymentsClient {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** Those of the digests (`sha256:…`) whose content the server lacks. */
  async missing(digests: readonly string[], { signal }: Waiting = {}): Promise<readonly string[]> {
    const body = JSON.stringify({ digests });
    const path = "v1/blobs/missing";
    return (await this.#transport.json<{ missing: readonly string[] }>({ method: "POST", path, body, signal })).missing;
  }

  async upload(digest: string, content: Uint8Array<ArrayBuffer>, { signal }: Waiting = {}): Promise<void> {
    const headers = { "content-type": "application/octet-stream" };
    await this.#transport.text({ method: "PUT", path: `v1/blobs/${digest}`, body: content, headers, signal });
  }

  /** Begins a deployment of files that were uploaded. CONFLICT with `missing`: some were not. */
  start(agent: string, files: readonly BundleFile[], options: DeployOptions = {}): Promise<Deployment> {
    const { message, folder, leftOut: left_out, signal } = options;
    const body = JSON.stringify({ files, folder, message, left_out });
    return this.#transport.json<Deployment>({ method: "POST", path: `${agentPath(agent)}/deployments`, body, signal });
  }

  get(id: string, { signal }: Waiting = {}): Promise<Deployment> {
    return this.#transport.json<Deployment>({ method: "GET", path: deploymentPath(id), signal });
  }

  /** What was told so far, then the rest, to its end. */
  async *events(id: string, { signal }: Waiting = {}): AsyncGenerator<DeploymentEvent, void, undefined> {
    const headers = { accept: "application/x-ndjson" };
    const path = `${deploymentPath(id)}/events`;
    const response = await this.#transport.send({ method: "GET", path, headers, signal });
    for await (const line of lines(response)) {
      const event: DeploymentEvent = JSON.parse(line);
      yield event;
    }
  }

  cancel(id: string, { signal }: Waiting = {}): Promise<Deployment> {
    return this.#transport.json<Deployment>({ method: "POST", path: `${deploymentPath(id)}/cancel`, signal });
  }

  versions(agent: string, { signal }: Waiting = {}): AsyncGenerator<VersionView, void, undefined> {
    const path = `${agentPath(agent)}/versions`;
    return eachItem((cursor) =>
      this.#transport.json<Page<VersionView>>({ method: "GET", path, query: { cursor }, signal }),
    );
  }

  version(agent: string, version: string, { signal }: Waiting = {}): Promise<VersionDetail> {
    return this.#transport.json<VersionDetail>({ method: "GET", path: versionPath(agent, version), signal });
  }

  /** Against the one before, unless another is named. */
  diff(
    agent: string,
    version: string,
    { against, signal }: Waiting & { readonly against?: string } = {},
  ): Promise<VersionDiff> {
    const path = `${versionPath(agent, version)}/diff`;
    return this.#transport.json<VersionDiff>({ method: "GET", path, query: { against }, signal });
  }

  promote(agent: string, version: string, { signal }: Waiting = {}): Promise<VersionView> {
    return this.#transport.json<VersionView>({
      method: "POST",
      path: `${versionPath(agent, version)}/promote`,
      signal,
    });
  }

  rollback(agent: string, { signal }: Waiting = {}): Promise<VersionView> {
    return this.#transport.json<VersionView>({ method: "POST", path: `${agentPath(agent)}/rollback`, signal });
  }

  /** null: the config's own again. */
  scale(
    agent: string,
    { min, max, signal }: Waiting & { readonly min?: number | null; readonly max?: number | null },
  ): Promise<ScaleView> {
    const body = JSON.stringify({ min_instances: min, max_instances: max });
    return this.#transport.json<ScaleView>({ method: "PATCH", path: `${agentPath(agent)}/scale`, body, signal });
  }

  /** The agent with its versions and secrets; its runs end cancelled. */
  async delete(agent: string, { signal }: Waiting = {}): Promise<void> {
    await this.#transport.text({ method: "DELETE", path: agentPath(agent), signal });
  }

  /** `all`: templates and sandboxes too. */
  async workers({
    agent,
    all,
    signal,
  }: Waiting & { readonly agent?: string; readonly all?: boolean } = {}): Promise<readonly WorkerView[]> {
    const query = { agent, all: all === true ? "true" : undefined };
    return (await this.#transport.json<Page<WorkerView>>({ method: "GET", path: "v1/workers", query, signal })).items;
  }
}

const agentPath = (agent: string): string => `v1/agents/${encodeURIComponent(agent)}`;
const versionPath = (agent: string, version: string): string =>
  `${agentPath(agent)}/versions/${encodeURIComponent(version)}`;
const deploymentPath = (id: string): string => `v1/deployments/${encodeURIComponent(id)}`;

/** Lines of a body, whatever its cutting; empty ones are keep-alives. */
async function* lines(response: Response): AsyncGenerator<string, void, undefined> {
  if (response.body === null) return;
  const text = new TextDecoder();
  let rest = "";
  for await (const piece of response.body) {
    const parts = (rest + text.decode(piece, { stream: true })).split("\n");
    rest = parts.pop() ?? "";
    yield* parts.filter((line) => line !== "");
  }
  if (rest !== "") yield rest;
}
