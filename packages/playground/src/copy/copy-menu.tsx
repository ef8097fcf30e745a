/** The call as curl, TypeScript or Python, in the clipboard. */
import { useEffect, useRef, useState } from "preact/hooks";
import { SERVER_URL } from "../server/client.ts";
import { SNIPPETS, type SnippetCall } from "./snippets.ts";

interface Props {
  readonly call: () => Omit<SnippetCall, "url">;
}

const SAID_MS = 2000;

export function CopyMenu({ call }: Props) {
  const [said, setSaid] = useState("");
  const [shown, setShown] = useState<string | null>(null);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  const copy = async ({ name, of }: (typeof SNIPPETS)[number]): Promise<void> => {
    const text = of({ ...call(), url: SERVER_URL });
    try {
      await navigator.clipboard.writeText(text);
      setShown(null);
      setSaid(`Copied as ${name}`);
    } catch {
      // No clipboard: plain http to another host, or not allowed. Then it is shown, to be copied by hand.
      setShown(text);
      setSaid("This browser does not let the page copy; here it is");
    }
    clearTimeout(timer.current);
    timer.current = setTimeout(() => setSaid(""), SAID_MS);
  };
  return (
    <fieldset class="copy" aria-label="Copy the call as">
      <span class="dim" role="status">
        {said === "" ? "Copy as" : said}
      </span>
      {SNIPPETS.map((one) => (
        <button type="button" class="small" key={one.name} onClick={() => void copy(one)}>
          {one.name}
        </button>
      ))}
      {shown !== null && <textarea class="code shown" readOnly aria-label="The call" rows={6} value={shown} />}
    </fieldset>
  );
}
