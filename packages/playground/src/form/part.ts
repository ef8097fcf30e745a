/** What every part of a form is given. */
import type { PointedError } from "@runagent/sdk";
import type { ComponentType } from "preact";
import type { Draft } from "./draft.ts";
import type { Field } from "./fields.ts";

export interface Errors {
  readonly list: readonly PointedError[];
  /** Begins the ids of the fields: two forms may stand on one page. */
  readonly id: string;
}

/** A field of one kind with the draft that belongs to it. */
export interface Part<F extends Field = Field, D extends Draft = Draft> {
  readonly field: F;
  readonly draft: D;
  readonly change: (draft: Draft) => void;
  /** Of the field in the input, as errors name it. */
  readonly pointer: string;
  readonly errors: Errors;
  /** Draws a field inside this one. Given, not imported: schemas contain schemas, files do not. */
  readonly Inner: ComponentType<Named>;
}

/** A field with the name that it has where it stands. */
export interface Named extends Part {
  readonly name: string;
  readonly required: boolean;
  /** Of what may be left out again. */
  readonly remove?: () => void;
}

export type FieldOf<K extends Field["kind"]> = Extract<Field, { kind: K }>;
export type DraftOf<K extends Draft["kind"]> = Extract<Draft, { kind: K }>;
