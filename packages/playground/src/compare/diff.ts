/** What differs between two texts, line by line. */
export interface DiffLine {
  readonly sign: " " | "-" | "+";
  readonly text: string;
}

/** More lines on both sides than this are compared place by place: the exact way costs their product. */
const MOST = 2_000_000;

export function diffLines(a: string, b: string): DiffLine[] {
  const left = a.split("\n");
  const right = b.split("\n");
  const head = commonHead(left, right);
  const tail = commonTail(left.slice(head), right.slice(head));
  const from = left.slice(head, left.length - tail);
  const to = right.slice(head, right.length - tail);
  return [
    ...same(left.slice(0, head)),
    ...(from.length * to.length <= MOST ? exact(from, to) : [...signed("-", from), ...signed("+", to)]),
    ...same(left.slice(left.length - tail)),
  ];
}

const signed = (sign: DiffLine["sign"], lines: readonly string[]): DiffLine[] => lines.map((text) => ({ sign, text }));
const same = (lines: readonly string[]): DiffLine[] => signed(" ", lines);

function commonHead(a: readonly string[], b: readonly string[]): number {
  let n = 0;
  while (n < a.length && n < b.length && a[n] === b[n]) n += 1;
  return n;
}

function commonTail(a: readonly string[], b: readonly string[]): number {
  let n = 0;
  while (n < a.length && n < b.length && a[a.length - 1 - n] === b[b.length - 1 - n]) n += 1;
  return n;
}

/** The longest common subsequence. */
function exact(a: readonly string[], b: readonly string[]): DiffLine[] {
  const width = b.length + 1;
  const best = new Uint32Array((a.length + 1) * width);
  const at = (i: number, j: number): number => best[i * width + j] ?? 0;
  for (let i = a.length - 1; i >= 0; i -= 1) {
    for (let j = b.length - 1; j >= 0; j -= 1) {
      best[i * width + j] = a[i] === b[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
    }
  }
  const lines: DiffLine[] = [];
  let i = 0;
  let j = 0;
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      lines.push({ sign: " ", text: a[i] ?? "" });
      i += 1;
      j += 1;
    } else if (i < a.length && (j === b.length || at(i + 1, j) >= at(i, j + 1))) {
      lines.push({ sign: "-", text: a[i] ?? "" });
      i += 1;
    } else {
      lines.push({ sign: "+", text: b[j] ?? "" });
      j += 1;
    }
  }
  return lines;
}
