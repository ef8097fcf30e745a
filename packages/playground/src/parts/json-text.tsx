/** JSON to be read: in lines, cut when it is very long. */
import { prettyJson } from "./json.ts";
import { Scroll } from "./scroll.tsx";

const MOST_JSON = 200_000;

export function Json({ text }: { readonly text: string }) {
  const isCut = text.length > MOST_JSON;
  return (
    <>
      <Scroll label="JSON" class="text json">
        {isCut ? text.slice(0, MOST_JSON) : prettyJson(text)}
      </Scroll>
      {isCut && <p class="dim">Cut after {MOST_JSON.toLocaleString("en")} characters.</p>}
    </>
  );
}
