/** What a waiting run asks a person, and the answer: a form of the question's schema, or JSON. */
import { type Signal, signal } from "@preact/signals";
import { type Interrupt, isRunAgentError, type PointedError, RawJson } from "@runagent/sdk";
import { useMemo } from "preact/hooks";
import { type Draft, freshDraft, writeDraft } from "../form/draft.ts";
import { type Field, fieldOf } from "../form/fields.ts";
import { Form } from "../form/form.tsx";
import { isRecord } from "../parts/json.ts";
import { Json } from "../parts/json-text.tsx";
import { isRunKey } from "../parts/keys.ts";
import { Refusal } from "../parts/problem.tsx";
import type { RunFollower } from "../run/run-follower.ts";

interface Props {
  readonly interrupts: readonly Interrupt[];
  readonly follower: RunFollower;
  /** Nothing came after it: the answer is still wanted. */
  readonly isOpen: boolean;
}

export function Question({ interrupts, follower, isOpen }: Props) {
  const waits = isOpen && follower.status.value === "waiting";
  return (
    <section class="block question" aria-label="Question">
      {interrupts.map((one) => (
        <div key={one.id} class="asked">
          {typeof one.question === "string" ? (
            <p>{one.question}</p>
          ) : (
            <Json text={JSON.stringify(one.question) ?? "null"} />
          )}
        </div>
      ))}
      {waits ? <Answer interrupts={interrupts} follower={follower} /> : <p class="dim">Answered.</p>}
    </section>
  );
}

class AnswerState {
  readonly field: Field;
  readonly draft: Signal<Draft>;
  readonly errors: Signal<readonly PointedError[]> = signal([]);
  readonly failure: Signal<unknown> = signal(null);

  constructor(schema: unknown) {
    this.field = isRecord(schema) ? fieldOf(schema) : ANYTHING;
    this.draft = signal(freshDraft(this.field));
  }

  async send(follower: RunFollower): Promise<void> {
    const errors: PointedError[] = [];
    const text = writeDraft(this.field, this.draft.value, errors);
    this.errors.value = errors;
    if (text === null || errors.length > 0) return;
    try {
      await follower.resume(new RawJson(text));
    } catch (error) {
      this.failure.value = error;
      this.errors.value = isRunAgentError(error) ? (error.problem.errors ?? []) : [];
    }
  }
}

const ANYTHING = fieldOf({ description: "Any JSON: a text stands in quotes." });

function Answer({ interrupts, follower }: Omit<Props, "isOpen">) {
  const only = interrupts.length === 1 ? interrupts[0] : undefined;
  const state = useMemo(() => new AnswerState(only?.schema), [only?.id]);
  const id = `answer-${follower.id}`;
  return (
    <form
      aria-label="Answer"
      onSubmit={(event) => {
        event.preventDefault();
        void state.send(follower);
      }}
      onKeyDown={(event) => {
        if (!isRunKey(event)) return;
        event.preventDefault();
        event.stopPropagation();
        void state.send(follower);
      }}
    >
      <Refusal error={state.failure.value} errors={state.errors.value} id={id} />
      <Form
        field={{ ...state.field, title: "answer" }}
        draft={state.draft.value}
        change={(draft) => {
          state.draft.value = draft;
        }}
        errors={{ list: state.errors.value, id }}
      />
      <button type="submit" class="primary">
        Answer
      </button>
    </form>
  );
}
