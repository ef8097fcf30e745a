/** The methods of the SDK's `Session` over the items of one run: what it holds at the end is kept in our session. */
import type { Run } from "../run.ts";

export class ItemSession {
  readonly #run: Run;
  #items: readonly unknown[];

  constructor(run: Run, items: readonly unknown[]) {
    this.#run = run;
    this.#items = items;
  }

  get items(): readonly unknown[] {
    return this.#items;
  }

  get isEmpty(): boolean {
    return this.#items.length === 0;
  }

  async getSessionId(): Promise<string> {
    return this.#run.body.session_id ?? this.#run.body.run_id;
  }

  async getItems(limit?: number): Promise<unknown[]> {
    return structuredClone(
      limit === undefined ? [...this.#items] : this.#items.slice(Math.max(0, this.#items.length - limit)),
    );
  }

  async addItems(items: readonly unknown[]): Promise<void> {
    this.#items = [...this.#items, ...structuredClone(items)];
  }

  async popItem(): Promise<unknown> {
    const last = this.#items.at(-1);
    this.#items = this.#items.slice(0, -1);
    return last;
  }

  async clearSession(): Promise<void> {
    this.#items = [];
  }
}
