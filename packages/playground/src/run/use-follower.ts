/** Follows a run as long as a component is on the page. */
import { effect } from "@preact/signals";
import { useEffect, useState } from "preact/hooks";
import { readSoon } from "../history/history-state.ts";
import { RunFollower } from "./run-follower.ts";

export function useFollower(id: string): RunFollower | null {
  const [follower, setFollower] = useState<RunFollower | null>(null);
  useEffect(() => {
    const started = new RunFollower(id);
    setFollower(started);
    // The history shows how it stands.
    const forget = effect(() => {
      if (started.status.value !== null) readSoon();
    });
    return () => {
      forget();
      started.close();
    };
  }, [id]);
  return follower?.id === id ? follower : null;
}
