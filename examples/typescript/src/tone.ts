/** An enum and an alias (`#tone`): TypeScript that Node alone does not run. */
export enum Tone {
  Friendly = "friendly",
  Formal = "formal",
}
