/** Whether a person's answer fits the question: one interrupt with a schema is checked, several or none are not. */
import type { Interrupt, JsonText } from "@runagent/protocol";
import { pointedErrors, RunAgentError } from "@runagent/protocol";
import { Ajv2020 } from "ajv/dist/2020.js";

/** Throws INVALID_INPUT with pointers into the value. */
export function assertAnswers(runId: string, interrupts: readonly Interrupt[], value: JsonText): void {
  const schema = interrupts.length === 1 ? interrupts[0]?.schema : null;
  if (typeof schema !== "object" || schema === null) return;
  const validate = compiled(schema);
  if (validate === null || validate(JSON.parse(value))) return;
  throw new RunAgentError("INVALID_INPUT", "The value does not fit the schema of the question.", {
    hint: "Correct what `errors` points at; the schema is in the run's `waiting`.",
    run_id: runId,
    errors: pointedErrors(validate.errors),
  });
}

/** Null for a schema that is none: then the agent's own code must look at the answer. */
function compiled(schema: object): ReturnType<Ajv2020["compile"]> | null {
  try {
    return new Ajv2020({ strict: false, allErrors: true, validateFormats: false, logger: false }).compile(schema);
  } catch {
    return null; // an agent's mistake in a schema keeps nobody from answering
  }
}
