/** `/v1/…/deployments`: putting a version in place, and following how that goes. */
import { type Deployment, type DeploymentEvent, maySee, RunAgentError } from "@runagent/protocol";
import type { Exchange } from "../exchange.ts";
import { formOf } from "../http/accept.ts";
import { answerJson } from "../http/answer.ts";
import { limitOf } from "../http/query.ts";
import { readDeployBody, readEmptyBody } from "../input/envelope.ts";
import type { Platform } from "../ports.ts";
import { LineStream } from "../stream/line-stream.ts";

export async function createDeployment(exchange: Exchange): Promise<void> {
  const platform = platformOf(exchange);
  const { value } = await readDeployBody(exchange);
  const form = formOf(exchange.req.headers.accept);
  if (form !== "json") exchange.context.readers.checkRoom();
  const deployment = await platform.deploy({
    agent: exchange.param("agent"),
    files: value.files,
    folder: value.folder ?? "",
    leftOut: value.left_out ?? [],
    message: value.message ?? null,
    by: exchange.caller?.keyId ?? null,
    address: exchange.address,
  });
  const location = ["Location", `/v1/deployments/${deployment.id}`];
  if (form === "json") return answerJson(exchange, 202, JSON.stringify(deployment), location);
  await follow(exchange, platform, { id: deployment.id, form, headers: location });
}

export function listDeployments(exchange: Exchange): void {
  const platform = platformOf(exchange);
  const { limits } = exchange.context;
  const query = exchange.query(["cursor", "limit"]);
  const limit = limitOf(query, limits.list_usual, limits.list);
  const page = platform.deployments(exchange.param("agent"), query.get("cursor") ?? null, limit);
  answerJson(exchange, 200, JSON.stringify(page));
}

export function getDeployment(exchange: Exchange): void {
  answerJson(exchange, 200, JSON.stringify(named(exchange, platformOf(exchange))));
}

export async function deploymentEvents(exchange: Exchange): Promise<void> {
  const platform = platformOf(exchange);
  const { id } = named(exchange, platform);
  exchange.context.readers.checkRoom();
  const form = formOf(exchange.req.headers.accept) === "ndjson" ? "ndjson" : "sse";
  await follow(exchange, platform, { id, form, headers: [] });
}

export async function cancelDeployment(exchange: Exchange): Promise<void> {
  const platform = platformOf(exchange);
  await readEmptyBody(exchange);
  const deployment = platform.cancelDeployment(named(exchange, platform).id);
  answerJson(exchange, deployment.ended_at === null ? 202 : 200, JSON.stringify(deployment));
}

/** Throws NOT_FOUND, also to a key of other agents. */
function named(exchange: Exchange, platform: Platform): Deployment {
  const id = exchange.param("id");
  const deployment = platform.deployment(id);
  if (maySee(exchange.caller, deployment.agent)) return deployment;
  throw new RunAgentError("NOT_FOUND", `There is no deployment ${id}.`);
}

/** Of `runagent server`; in `serve` its paths are not there. */
export function platformOf({ context, path }: Exchange): Platform {
  const { platform } = context.ports;
  if (platform !== undefined) return platform;
  throw new RunAgentError("NOT_FOUND", `${path} is of \`runagent server\`; this is \`runagent serve\`.`);
}

interface Followed {
  readonly id: string;
  readonly form: "sse" | "ndjson";
  readonly headers: readonly string[];
}

async function follow(exchange: Exchange, platform: Platform, { id, form, headers }: Followed): Promise<void> {
  const stream = new LineStream<DeploymentEvent>(exchange, form, (event) => event.event);
  await stream.send((signal) => platform.follow(id, signal), headers);
}
