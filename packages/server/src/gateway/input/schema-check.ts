/**
 * The input against the entrypoint's schema. A schema is compiled once for each description. The first look stops at the
 * first mistake; only a body that has one, and is small, is looked at again for all of them.
 */
import {
  type EntrypointDescription,
  LIMITS,
  type PointedError,
  pointedErrors,
  RunAgentError,
} from "@runagent/protocol";
import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";

/** Looks at a parsed input of `size` characters; throws INVALID_INPUT. Pointers are into the input. */
export class InputChecks {
  readonly #checks = new WeakMap<EntrypointDescription, Check>();
  readonly #note: (sentence: string) => void;

  constructor(note: (sentence: string) => void) {
    this.#note = note;
  }

  check(entrypoint: EntrypointDescription, value: unknown, size: number): void {
    const errors = this.mistakes(entrypoint, value, size);
    if (errors !== null) throw invalidInput(entrypoint.tag, errors);
  }

  /** The mistakes, or null. */
  mistakes(entrypoint: EntrypointDescription, value: unknown, size: number): readonly PointedError[] | null {
    if (entrypoint.type === "batch" && !Array.isArray(value)) {
      return [{ pointer: "", detail: "expected a list: this entrypoint takes a batch" }];
    }
    let check = this.#checks.get(entrypoint);
    if (check === undefined) {
      check = new Check(entrypoint.input_schema);
      this.#checks.set(entrypoint, check);
      if (check.fault !== null) this.#note(`Inputs of ${entrypoint.tag} are not checked: ${check.fault}`);
    }
    return check.mistakes(value, size);
  }
}

export function invalidInput(tag: string, errors: readonly PointedError[]): RunAgentError {
  const places = errors.map(({ pointer, detail }) => `${pointer === "" ? "the input" : pointer}: ${detail}`);
  const shown = places.slice(0, SHOWN).join("; ") + (places.length > SHOWN ? "; …" : "");
  return new RunAgentError("INVALID_INPUT", `The input does not fit \`${tag}\`: ${shown}`, { errors });
}

const SHOWN = 3;

class Check {
  readonly #schema: unknown;
  readonly #first: ValidateFunction | null = null;
  /** Why the schema could not be compiled. */
  readonly fault: string | null = null;
  #all: ValidateFunction | null = null;

  constructor(schema: unknown) {
    this.#schema = schema;
    if (!isSchema(schema)) return;
    try {
      this.#first = compile(schema, false);
    } catch (error) {
      this.fault = error instanceof Error ? error.message : String(error);
    }
  }

  mistakes(value: unknown, size: number): readonly PointedError[] | null {
    if (this.#first === null || this.#first(value)) return null;
    // Each wrong item makes an error object: a large body is not worth them.
    if (size > LIMITS.stream_write.value || !isSchema(this.#schema)) return pointedErrors(this.#first.errors);
    this.#all ??= compile(this.#schema, true);
    this.#all(value);
    return pointedErrors(this.#all.errors);
  }
}

function isSchema(schema: unknown): schema is object {
  return typeof schema === "object" && schema !== null;
}

/** A compiler of its own for each schema: equal `$id`s of two versions do not meet. */
function compile(schema: object, allErrors: boolean): ValidateFunction {
  const ajv = new Ajv2020({ strict: false, allErrors, validateFormats: false, validateSchema: false, logger: false });
  return ajv.compile(schema);
}
