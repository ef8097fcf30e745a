/** The names that are made when none are written: an agent's URL name, an entrypoint's tag. */

const MAX_SLUG = 63;
const SPELLED: Readonly<Record<string, string>> = {
  ß: "ss",
  æ: "ae",
  ø: "o",
  œ: "oe",
  đ: "d",
  ł: "l",
  þ: "th",
  ı: "i",
};

/**
 * A URL name for any text: `My Agent!` → `my-agent`, `Café` → `cafe`. Letters of other scripts cannot be spelled, so a
 * short code of the text stands for them; a text without letters is `agent`.
 */
export function slug(title: string): string {
  const plain = title
    .normalize("NFKD")
    .replace(/\p{M}+/gu, "")
    .toLowerCase()
    .replace(/[ßæøœđłþı]/g, (letter) => SPELLED[letter] ?? letter);
  const latin = plain
    .replace(/[^a-z0-9]+/g, "-")
    .slice(0, MAX_SLUG)
    .replace(/^-+|-+$/g, "");
  if (latin !== "") return latin;
  return /[\p{L}\p{N}]/u.test(plain) ? `agent-${code(plain)}` : "agent";
}

/** FNV-1a, in base 36: tells texts apart, hides nothing. */
function code(text: string): string {
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(text)) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  return hash.toString(36);
}

/** Tags of entrypoints in the order of the file: written ones stay, others become the last name of their module, unique. */
export function tags(entrypoints: readonly { readonly tag?: string; readonly module: string }[]): string[] {
  const taken = new Set(entrypoints.flatMap((one) => one.tag ?? []));
  return entrypoints.map((one) => {
    if (one.tag !== undefined) return one.tag;
    const name = one.module.slice(one.module.lastIndexOf(".") + 1);
    let tag = name;
    for (let n = 2; taken.has(tag); n += 1) tag = `${name}_${n}`;
    taken.add(tag);
    return tag;
  });
}
