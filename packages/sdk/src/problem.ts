/** Makes the typed error of an answer that is a problem (RFC 9457). The one place that looks at unknown problem bodies. */
import { ERRORS, type ErrorCode, isErrorCode, type Problem, problem, RunAgentError } from "@runagent/protocol/errors";

/** The error of a response whose status is no success. */
export async function errorOf(response: Response): Promise<RunAgentError> {
  const text = await response.text();
  return RunAgentError.from(parseProblem(parsed(text), response.status, text));
}

/** Whether an error carries a code of the catalogue. Works across copies of this package, where `instanceof` does not. */
export function isRunAgentError(error: unknown): error is RunAgentError {
  return error instanceof Error && error.name === "RunAgentError" && "code" in error && isErrorCode(error.code);
}

/** A problem as it came over the wire; what is no problem of ours (a proxy's page) becomes one by its status. */
function parseProblem(value: unknown, status: number, text: string): Problem {
  if (!isRecord(value) || typeof value.detail !== "string") {
    return problem(codeOfStatus(status), `HTTP ${status}: ${text.slice(0, EXCERPT)}`, { status });
  }
  const code = isErrorCode(value.code) ? value.code : codeOfStatus(status);
  return { ...problem(code, value.detail), ...value, code };
}

const EXCERPT = 200;

/** For codes of newer servers and of proxies: the first code with that status, else INTERNAL. */
function codeOfStatus(status: number): ErrorCode {
  const found = Object.entries(ERRORS).find(([, entry]) => entry.status === status)?.[0];
  return isErrorCode(found) ? found : "INTERNAL";
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // not JSON: judged by its status
  }
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null;
