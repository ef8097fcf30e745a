/**
 * JSON text that goes to the agent as it is: for integers above 2^53, which `JSON.stringify` cannot write.
 *
 *     agent.run(new RawJson('{"id": 9007199254740993}'))
 */
export class RawJson {
  readonly text: string;

  /** Throws SyntaxError when the text is no JSON. */
  constructor(text: string) {
    JSON.parse(text);
    this.text = text;
  }
}

/** The JSON text of any input. Nothing at all is `{}`, as an empty body is on the wire. */
export function jsonText(value: unknown): string {
  if (value instanceof RawJson) return value.text;
  return JSON.stringify(value) ?? "{}";
}
