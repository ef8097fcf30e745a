/** What the writer thread is told, and what it answers. Plain data: it crosses a thread. */

export type Operation =
  | {
      readonly kind: "append";
      readonly log: string;
      readonly id: string;
      readonly expect: number | null;
      readonly data: string;
    }
  | { readonly kind: "forget"; readonly log: string }
  | {
      readonly kind: "enqueue";
      readonly queue: string;
      readonly id: string;
      readonly body: string;
      readonly at: number;
    }
  | {
      readonly kind: "take";
      readonly queue: string;
      readonly max: number;
      readonly now: number;
      readonly until: number;
    }
  /** Fenced by the attempt: of a job that another has taken since, nothing changes. */
  | {
      readonly kind: "show";
      readonly queue: string;
      readonly id: string;
      readonly attempt: number;
      readonly at: number;
    }
  | { readonly kind: "ack"; readonly queue: string; readonly id: string; readonly attempt: number }
  /** `rev` 0: there is none. `value` null: delete it. */
  | {
      readonly kind: "change";
      readonly key: string;
      readonly rev: number;
      readonly value: string | null;
      readonly expiresAt: number | null;
    }
  | { readonly kind: "expire"; readonly now: number }
  /** Changes nothing; answered when everything before is on disk. */
  | { readonly kind: "nothing" };

export type Outcome =
  | { readonly kind: "appended"; readonly seq: number; readonly dup: boolean }
  | { readonly kind: "ends elsewhere"; readonly last: number }
  | { readonly kind: "enqueued"; readonly dup: boolean }
  | { readonly kind: "taken"; readonly jobs: readonly TakenJob[] }
  /** null: somebody else changed it before. */
  | { readonly kind: "changed"; readonly rev: number | null }
  | { readonly kind: "expired"; readonly records: readonly { readonly key: string; readonly rev: number }[] }
  | { readonly kind: "done" };

export interface TakenJob {
  readonly id: string;
  readonly body: string;
  readonly attempt: number;
}

export interface Order {
  readonly n: number;
  readonly operation: Operation;
}

/** To the main thread. A batch is on disk, whole, or nothing of it is. */
export type Report =
  | { readonly kind: "open" }
  | { readonly kind: "written"; readonly outcomes: readonly { readonly n: number; readonly outcome: Outcome }[] }
  | { readonly kind: "refused"; readonly orders: readonly number[]; readonly full: boolean; readonly why: string };
