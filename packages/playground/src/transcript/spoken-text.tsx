/**
 * Says streamed text to screen readers: whole sentences, at most one message in two seconds, so that a quick model does
 * not flood its reader; and how the run stands.
 */
import { useEffect, useRef, useState } from "preact/hooks";
import type { RunFollower } from "../run/run-follower.ts";

const PAUSE_MS = 2000;
const MOST = 600;

export function SpokenText({ follower }: { readonly follower: RunFollower }) {
  const [said, setSaid] = useState("");
  const place = useRef({ read: 0, rest: "" });
  useEffect(() => {
    place.current = { read: 0, rest: "" };
    // What was there before one looked is read in the page itself.
    let isNew = false;
    const timer = setInterval(() => {
      const status = follower.status.value;
      const over = status !== "running" && status !== "queued" && status !== null;
      const text = next(follower, place.current, over);
      if (isNew && (text !== "" || over)) setSaid(over ? `${text} The run is ${status}.` : text);
      isNew = true;
      if (over) clearInterval(timer);
    }, PAUSE_MS);
    return () => clearInterval(timer);
  }, [follower]);
  return (
    <p class="unseen" aria-live="polite">
      {said}
    </p>
  );
}

/** What has come since, up to the end of a sentence; all of it at the end. */
function next(follower: RunFollower, place: { read: number; rest: string }, all: boolean): string {
  for (; place.read < follower.arrivals.length; place.read += 1) {
    const event = follower.arrivals[place.read]?.event;
    if (event?.type === "text") place.rest += event.data.delta;
  }
  const end = all ? place.rest.length : place.rest.search(/[.!?:\n][^.!?:\n]*$/) + 1;
  const text = place.rest.slice(0, end);
  place.rest = place.rest.slice(end);
  return text.length > MOST ? `${text.slice(0, MOST)} …` : text;
}
