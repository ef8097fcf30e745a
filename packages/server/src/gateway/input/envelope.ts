/** Bodies of our own making, against their schemas in `protocol/api`: every mistake at once, `400`, pointers into the body. */

import { type JsonText, jsonMembers, type PointedError, pointedErrors, RunAgentError } from "@runagent/protocol";
import {
  BATCH_ENVELOPE,
  type BatchEnvelope,
  CANCEL_BODY,
  type CancelBody,
  DEPLOY_BODY,
  type DeployBody,
  DIGESTS_BODY,
  type DigestsBody,
  EMPTY_BODY,
  type EmptyBody,
  FORK_BODY,
  type ForkBody,
  KEY_BODY,
  type KeyBody,
  LOGIN_BODY,
  type LoginBody,
  RESUME_BODY,
  type ResumeBody,
  RUN_ENVELOPE,
  type RunEnvelope,
  SCALE_BODY,
  type ScaleBody,
  SECRET_BODY,
  type SecretBody,
} from "@runagent/protocol/api";

import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";
import type { Exchange } from "../exchange.ts";
import { readJson } from "../http/body.ts";

export interface Envelope<T> {
  readonly value: T;
  readonly text: JsonText;
  /** The text of each member: inputs go on as they were written. */
  readonly members: ReadonlyMap<string, JsonText>;
}

export const readRunEnvelope = reader<RunEnvelope>(RUN_ENVELOPE);
export const readBatchEnvelope = reader<BatchEnvelope>(BATCH_ENVELOPE);
export const readCancelBody = reader<CancelBody>(CANCEL_BODY);
export const readResumeBody = reader<ResumeBody>(RESUME_BODY);
export const readForkBody = reader<ForkBody>(FORK_BODY);
export const readLoginBody = reader<LoginBody>(LOGIN_BODY);
export const readKeyBody = reader<KeyBody>(KEY_BODY);
export const readSecretBody = reader<SecretBody>(SECRET_BODY);
export const readDeployBody = reader<DeployBody>(DEPLOY_BODY);
export const readScaleBody = reader<ScaleBody>(SCALE_BODY);
export const readDigestsBody = reader<DigestsBody>(DIGESTS_BODY);
export const readEmptyBody = reader<EmptyBody>(EMPTY_BODY);

export function invalidBody(errors: readonly PointedError[]): RunAgentError {
  const places = errors.map(({ pointer, detail }) => `${pointer === "" ? "the body" : pointer}: ${detail}`);
  return new RunAgentError("INVALID_REQUEST", `The body is not as it should be: ${places.join("; ")}`, { errors });
}

/** The schema is compiled at the first use. */
function reader<T>(schema: object): (exchange: Exchange) => Promise<Envelope<T>> {
  let check: ValidateFunction<T> | null = null;
  return async (exchange) => {
    const { text, value } = await readJson(exchange);
    check ??= compile<T>(schema);
    if (!check(value)) throw invalidBody(pointedErrors(check.errors));
    return { value, text, members: jsonMembers(text) };
  };
}

function compile<T>(schema: object): ValidateFunction<T> {
  return new Ajv2020({ strict: false, allErrors: true, validateSchema: false }).compile<T>(schema);
}
