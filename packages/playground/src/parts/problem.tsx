/** A problem of the catalogue as a person reads it: what, whose fault, what helps, the traceback. All of it as text. */
import { isRunAgentError, type PointedError, type Problem } from "@runagent/sdk";
import { Scroll } from "./scroll.tsx";

export function ProblemCard({ problem }: { readonly problem: Problem }) {
  const traceback = typeof problem.traceback === "string" ? problem.traceback : null;
  return (
    <div class="problem">
      <p class="what">
        <code>{problem.code}</code> {problem.title}
        <span class="dim"> · {ORIGINS[problem.origin]}</span>
      </p>
      <p class="detail">{problem.detail}</p>
      {problem.hint !== undefined && problem.hint !== "" && <p class="dim">{problem.hint}</p>}
      {traceback !== null && (
        <Scroll label="Traceback" class="text traceback">
          {traceback}
        </Scroll>
      )}
    </div>
  );
}

const ORIGINS: Readonly<Record<Problem["origin"], string>> = {
  caller: "of the call",
  agent: "of the agent's code",
  platform: "of RunAgent",
};

interface RefusalProps {
  readonly error: unknown;
  readonly errors: readonly PointedError[];
  /** Begins the ids of the fields that the errors point at. */
  readonly id: string;
}

/** Why a call was refused, with ways to the fields that have to be mended. */
export function Refusal({ error, errors, id }: RefusalProps) {
  if (error === null && errors.length === 0) return null;
  return (
    <div class="refusal" role="alert">
      {error !== null && errors.length === 0 && <Failure error={error} />}
      {errors.length > 0 && (
        <>
          <p class="what">{isRunAgentError(error) ? `${error.problem.title}.` : "The input is not complete."}</p>
          <ul>
            {errors.map((one) => (
              <li key={one.pointer + one.detail}>
                <button type="button" class="link" onClick={() => document.getElementById(id + one.pointer)?.focus()}>
                  {one.pointer === "" ? "input" : one.pointer}
                </button>{" "}
                {one.detail}
              </li>
            ))}
          </ul>
        </>
      )}
    </div>
  );
}

/** Anything that went wrong. */
export function Failure({ error }: { readonly error: unknown }) {
  if (isRunAgentError(error)) return <ProblemCard problem={error.problem} />;
  return <p class="what">{error instanceof Error ? error.message : String(error)}</p>;
}
