/** What one look at this machine says of one thing that sandboxes need. */

export interface Finding {
  readonly need: string;
  /** `advisory`: sandboxes work, with less than they could have. `refused`: there is none without it. */
  readonly verdict: "enforced" | "advisory" | "refused";
  readonly found: string;
  /** The one command that mends it; null: nothing is to be mended. */
  readonly mend: string | null;
}

export const enforced = (need: string, found: string): Finding => ({ need, verdict: "enforced", found, mend: null });

export const advisory = (need: string, found: string, mend: string): Finding => ({
  ...{ need, verdict: "advisory", found, mend },
});

export const refused = (need: string, found: string, mend: string): Finding => ({
  ...{ need, verdict: "refused", found, mend },
});

/** What cannot be tried by this user is not known to work. */
export const AS_ROOT = "sudo runagent server doctor";
