/** Where one is stands in the address's hash: every run, conversation and comparison has a link. */
import { signal } from "@preact/signals";

export type Place =
  | { readonly kind: "start" }
  | { readonly kind: "entrypoint"; readonly tag: string }
  | { readonly kind: "session"; readonly tag: string; readonly session: string }
  | { readonly kind: "run"; readonly id: string }
  | { readonly kind: "compare"; readonly a: string; readonly b: string };

export const place = signal<Place>({ kind: "start" });

/** Follows the address from now on. */
export function followAddress(): void {
  const read = (): void => {
    place.value = placeOf(location.hash);
  };
  addEventListener("hashchange", read);
  read();
}

export function go(to: Place): void {
  location.hash = hashOf(to);
}

/** Takes the place of the present entry: going back does not lead here again. */
export function replace(to: Place): void {
  history.replaceState(null, "", hashOf(to));
  place.value = to;
}

export function placeOf(hash: string): Place {
  const [kind, first, second, third] = hash
    .replace(/^#?\/?/, "")
    .split("/")
    .map(decoded);
  if (kind === "run" && first) return { kind: "run", id: first };
  if (kind === "compare" && first && second) return { kind: "compare", a: first, b: second };
  if (kind === "e" && first && second === "session" && third) return { kind: "session", tag: first, session: third };
  if (kind === "e" && first) return { kind: "entrypoint", tag: first };
  return { kind: "start" };
}

export function hashOf(to: Place): string {
  switch (to.kind) {
    case "start":
      return "#/";
    case "entrypoint":
      return `#/e/${encodeURIComponent(to.tag)}`;
    case "session":
      return `#/e/${encodeURIComponent(to.tag)}/session/${encodeURIComponent(to.session)}`;
    case "run":
      return `#/run/${encodeURIComponent(to.id)}`;
    case "compare":
      return `#/compare/${encodeURIComponent(to.a)}/${encodeURIComponent(to.b)}`;
  }
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part; // somebody typed a lonely %: there will be no such place
  }
}
