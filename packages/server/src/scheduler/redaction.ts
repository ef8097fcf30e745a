/**
 * Keeps the values of secrets out of what leaves: logs, errors, events, output. A value is found as it is, in base64 (at
 * any of the three offsets) and in URL form; values under 8 characters are not looked for. Without secrets there is no
 * Redactor, so nothing is paid.
 */
import type { JsonText, LogRecord, Problem } from "@runagent/protocol";

const LEAST_LENGTH = 8; // the design's: shorter ones would redact ordinary words
const MARK = "[redacted]";

export class Redactor {
  readonly #pattern: RegExp;

  private constructor(forms: readonly string[]) {
    this.#pattern = new RegExp(forms.map(escaped).join("|"), "g");
  }

  /** Null when there is nothing to look for. */
  static of(secrets: readonly string[]): Redactor | null {
    const forms = new Set(secrets.filter((one) => one.length >= LEAST_LENGTH).flatMap(formsOf));
    return forms.size === 0 ? null : new Redactor([...forms].sort((a, b) => b.length - a.length));
  }

  text(text: string): string {
    return text.replace(this.#pattern, MARK);
  }

  /** The result is JSON again, also where a secret stood as a bare number. */
  json(json: JsonText): JsonText {
    const redacted = this.text(json);
    if (redacted === json || isJson(redacted)) return redacted;
    return JSON.stringify(JSON.parse(json), (_key, value: unknown) =>
      typeof value === "number" || typeof value === "string" ? this.#leaf(value) : value,
    );
  }

  problem(problem: Problem): Problem {
    const text = JSON.stringify(problem);
    const redacted = this.json(text);
    return redacted === text ? problem : JSON.parse(redacted);
  }

  log(record: LogRecord): LogRecord {
    const message = this.text(record.message);
    return message === record.message ? record : { ...record, message };
  }

  #leaf(value: string | number): string | number {
    const text = String(value);
    const redacted = this.text(text);
    return redacted === text ? value : redacted;
  }
}

function formsOf(secret: string): string[] {
  const inJson = JSON.stringify(secret).slice(1, -1);
  return [secret, inJson, encodeURIComponent(secret), encodeURIComponent(secret).replaceAll("%20", "+")].concat(
    base64Forms(secret),
  );
}

/** Base64 text depends on where in the encoded bytes the secret begins; letters that its neighbours share are left off. */
function base64Forms(secret: string): string[] {
  return [0, 1, 2].flatMap((offset) => {
    const bytes = Buffer.concat([Buffer.alloc(offset), Buffer.from(secret)]);
    const first = Math.ceil((offset * 8) / 6);
    const last = Math.floor((bytes.length * 8) / 6);
    const inner = (encoding: "base64" | "base64url"): string => bytes.toString(encoding).slice(first, last);
    return [inner("base64"), inner("base64url")];
  });
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false; // that it does not parse is the answer
  }
}

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
