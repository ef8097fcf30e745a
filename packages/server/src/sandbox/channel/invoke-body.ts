/** The body of `invoke`, made by splicing texts: the caller's JSON and the session's state are never parsed here. */
import type { Invocation } from "../ports.ts";

export function invokeBody(of: Invocation): string {
  const parts = ['{"run_id":"', of.runId, '","tag":', JSON.stringify(of.tag), ',"attempt":', String(of.attempt)];
  parts.push(',"stream":', of.stream ? "true" : "false", ',"durable":', of.durable ? "true" : "false");
  parts.push(',"deadline":', String(of.deadlineMs), ',"session_id":', orNull(of.sessionId));
  parts.push(',"session":', of.session ?? "null", ',"user":', orNull(of.user));
  parts.push(',"traceparent":', orNull(of.traceparent));
  if (of.steps.length > 0) parts.push(',"steps":[', of.steps.join(","), "]");
  if (of.answers.length > 0) parts.push(',"answers":[', of.answers.join(","), "]");
  parts.push(',"input":', of.input, "}");
  return parts.join(""); // in one piece: put together step by step, it leaves several times its size behind
}

const orNull = (text: string | null): string => (text === null ? "null" : JSON.stringify(text));
