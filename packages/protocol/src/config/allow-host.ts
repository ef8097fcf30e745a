/** Adds a rule to `network.egress` in a config's text; comments, order and layout stay as they are. */
import { applyEdits, modify } from "jsonc-parser";
import { parseJsonDocument } from "./document.ts";
import { egressProblem } from "./egress.ts";

export type Allowed =
  | { readonly kind: "added"; readonly text: string }
  | { readonly kind: "there" }
  | { readonly kind: "refused"; readonly advice: string };

const FORMAT = { tabSize: 2, insertSpaces: true };

/** `text` is JSON with comments. */
export function allowHost(text: string, rule: string): Allowed {
  const advice = egressProblem(rule);
  if (advice !== undefined) return { kind: "refused", advice };
  const { network } = Object(parseJsonDocument(text).value);
  const { egress } = Object(network);
  if (Array.isArray(egress) && egress.includes(rule)) return { kind: "there" };
  const end = Array.isArray(egress) ? egress.length : 0;
  const edits = modify(text, ["network", "egress", end], rule, { formattingOptions: FORMAT, isArrayInsertion: true });
  return { kind: "added", text: applyEdits(text, edits) };
}
