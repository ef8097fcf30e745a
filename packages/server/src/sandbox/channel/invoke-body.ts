/** The body of `invoke`, made by splicing texts: the caller's JSON and the session's state are never parsed here. */
import type { Invocation } from "../ports.ts";

export function invokeBody(of: Invocation): string {
  const steps = of.steps.length === 0 ? "" : `,"steps":[${of.steps.join(",")}]`;
  const answers = of.answers.length === 0 ? "" : `,"answers":[${of.answers.join(",")}]`;
  return (
    `{"run_id":"${of.runId}","tag":${JSON.stringify(of.tag)},"attempt":${of.attempt},"stream":${of.stream}` +
    `,"durable":${of.durable},"deadline":${of.deadlineMs},"session_id":${orNull(of.sessionId)}` +
    `,"session":${of.session ?? "null"},"user":${orNull(of.user)},"traceparent":${orNull(of.traceparent)}` +
    `${steps}${answers},"input":${of.input}}`
  );
}

const orNull = (text: string | null): string => (text === null ? "null" : JSON.stringify(text));
