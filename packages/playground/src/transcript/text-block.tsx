/**
 * Streamed text. Only what is new is added to the page, so a long answer costs no more per piece than a short one. Beyond
 * a bound the end is shown and the whole on demand.
 */
import { useLayoutEffect, useRef, useState } from "preact/hooks";

interface Props {
  readonly pieces: readonly string[];
  readonly length: number;
}

const MOST = 100_000;

export function TextBlock({ pieces, length }: Props) {
  const [whole, setWhole] = useState(false);
  const box = useRef<HTMLDivElement>(null);
  const written = useRef({ pieces: 0, length: 0 });
  const isCut = !whole && length > MOST;
  useLayoutEffect(() => {
    const { current } = box;
    if (current === null) return;
    const fresh = pieces.slice(written.current.pieces).join("");
    const total = written.current.length + fresh.length;
    if (isCut || current.firstChild === null || !(current.firstChild instanceof Text)) {
      const text = pieces.join("");
      current.textContent = isCut ? text.slice(-MOST) : text;
    } else current.firstChild.appendData(fresh);
    written.current = { pieces: pieces.length, length: total };
  }, [length, isCut]);
  return (
    <>
      {isCut && (
        <button type="button" class="small" onClick={() => setWhole(true)}>
          Show all {length.toLocaleString("en")} characters
        </button>
      )}
      <div class="prose" ref={box} />
    </>
  );
}
