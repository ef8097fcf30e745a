/** What stands in the composer of one entrypoint: kept while one looks elsewhere, made anew when its schema changes. */
import { type Signal, signal } from "@preact/signals";
import { type AgentView, isRunAgentError, type PointedError, RawJson } from "@runagent/sdk";
import { type Draft, freshDraft, readDraftText, writeDraft } from "../form/draft.ts";
import { type Field, fieldOf } from "../form/fields.ts";
import { jsonFault, prettyJson } from "../parts/json.ts";
import { client } from "../server/client.ts";
import { begin, type CallOptions } from "./begin-run.ts";

export type Entrypoint = AgentView["entrypoints"][number];

export class ComposerState {
  readonly entrypoint: Entrypoint;
  readonly field: Field;
  readonly mode: Signal<"form" | "json">;
  readonly draft: Signal<Draft>;
  readonly json: Signal<string>;
  readonly errors: Signal<readonly PointedError[]> = signal([]);
  /** Why the last call was refused. */
  readonly failure: Signal<unknown> = signal(null);
  readonly sending = signal(false);
  readonly session = signal("");
  readonly user = signal("");
  readonly timeout = signal("");

  constructor(entrypoint: Entrypoint) {
    this.entrypoint = entrypoint;
    this.field = fieldOf(entrypoint.input_schema);
    this.draft = signal(freshDraft(this.field));
    this.mode = signal(this.field.kind === "json" ? "json" : "form");
    this.json = signal(this.field.kind === "json" ? (entrypoint.type === "batch" ? "[]" : "{}") : "");
  }

  /** The input as JSON text; null when it is none yet: then `errors` say why. */
  inputText(): string | null {
    const errors: PointedError[] = [];
    const text = this.mode.value === "form" ? writeDraft(this.field, this.draft.value, errors) : this.#jsonText(errors);
    this.errors.value = errors;
    return errors.length === 0 ? text : null;
  }

  /** Shows an input: in the form if it fits there. */
  put(text: string): void {
    const draft = readDraftText(this.field, text);
    this.json.value = prettyJson(text);
    if (draft === null) this.mode.value = "json";
    else this.draft.value = draft;
    this.errors.value = [];
    this.failure.value = null;
  }

  /** Changes over with what was typed; false when the form cannot show this JSON. */
  turnTo(mode: "form" | "json"): boolean {
    if (mode === this.mode.value) return true;
    if (mode === "json") this.json.value = prettyJson(writeDraft(this.field, this.draft.value, []) ?? "{}");
    else {
      const draft = readDraftText(this.field, this.json.value);
      if (draft === null) return false;
      this.draft.value = draft;
    }
    this.mode.value = mode;
    this.errors.value = [];
    return true;
  }

  /** Starts a run of its own; null when it was refused. */
  async start(agent: string, text: string | null = this.inputText()): Promise<string | null> {
    if (text === null || this.sending.value) return null;
    this.sending.value = true;
    this.failure.value = null;
    try {
      return await begin(client.agent(agent), new RawJson(text), this.#callOptions());
    } catch (error) {
      this.failure.value = error;
      this.errors.value = isRunAgentError(error) ? (error.problem.errors ?? []) : [];
      return null;
    } finally {
      this.sending.value = false;
    }
  }

  #callOptions(): CallOptions {
    const session = this.session.value.trim();
    const user = this.user.value.trim();
    const timeout = this.timeout.value.trim();
    return {
      tag: this.entrypoint.tag,
      streams: this.entrypoint.streams,
      ...(session === "" ? {} : { session }),
      ...(user === "" ? {} : { user }),
      ...(timeout === "" ? {} : { timeout: Number(timeout) }),
    };
  }

  #jsonText(errors: PointedError[]): string {
    const text = this.json.value.trim() === "" ? "{}" : this.json.value;
    const fault = jsonFault(text);
    if (fault !== null) errors.push({ pointer: "", detail: `this is no JSON: ${fault}` });
    return text;
  }
}

const states = new Map<string, ComposerState>();

export function composerOf(entrypoint: Entrypoint): ComposerState {
  const known = states.get(entrypoint.tag);
  if (known !== undefined && isSame(known.entrypoint, entrypoint)) return known;
  const state = new ComposerState(entrypoint);
  if (known !== undefined) keepTyped(known, state);
  states.set(entrypoint.tag, state);
  return state;
}

const isSame = (a: Entrypoint, b: Entrypoint): boolean => a === b || JSON.stringify(a) === JSON.stringify(b);

/** The code was saved while somebody was typing. */
function keepTyped(from: ComposerState, to: ComposerState): void {
  for (const name of ["session", "user", "timeout"] as const) to[name].value = from[name].value;
  const typed = from.mode.value === "json" ? from.json.value : writeDraft(from.field, from.draft.value, []);
  const draft = typed === null ? null : readDraftText(to.field, typed);
  if (draft !== null) to.draft.value = draft;
  to.json.value = from.json.value;
  if (from.mode.value === "json") to.mode.value = "json";
}
