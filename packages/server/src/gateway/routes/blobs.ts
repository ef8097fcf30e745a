/** `/v1/blobs`: the contents that bundles are made of, sent before their deployment. */
import { RunAgentError } from "@runagent/protocol";
import type { Exchange } from "../exchange.ts";
import { answer, answerJson } from "../http/answer.ts";
import { readDigestsBody } from "../input/envelope.ts";
import type { Blobs } from "../ports.ts";

export async function missingBlobs(exchange: Exchange): Promise<void> {
  const blobs = blobsOf(exchange);
  const { value } = await readDigestsBody(exchange);
  answerJson(exchange, 200, JSON.stringify({ missing: await blobs.missing(value.digests) }));
}

/** Its size is bounded by the store, not by the limit of JSON bodies; its time by its pace. */
export async function putBlob(exchange: Exchange): Promise<void> {
  const blobs = blobsOf(exchange);
  const { body } = exchange;
  if (!Buffer.isBuffer(body)) exchange.context.bodies.pace(body); // a large file over a slow line
  const content = Buffer.isBuffer(body) ? only(body) : body;
  const isNew = await blobs.put(exchange.param("digest"), content);
  // Of a content that is here already nothing was read: what still comes is thrown away.
  if (!Buffer.isBuffer(body)) body.resume();
  answer(exchange, isNew ? 201 : 200, { type: "application/json", body: "{}" });
}

function blobsOf({ context, path }: Exchange): Blobs {
  if (context.ports.blobs !== undefined) return context.ports.blobs;
  throw new RunAgentError("NOT_FOUND", `There is nothing at ${path}: \`runagent serve\` takes no deployments.`);
}

async function* only(bytes: Buffer): AsyncIterable<Uint8Array> {
  yield bytes;
}
