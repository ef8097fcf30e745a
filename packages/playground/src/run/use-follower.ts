/** Follows a run as long as a component is on the page. */
import { useEffect, useState } from "preact/hooks";
import { RunFollower } from "./run-follower.ts";

export function useFollower(id: string): RunFollower | null {
  const [follower, setFollower] = useState<RunFollower | null>(null);
  useEffect(() => {
    const started = new RunFollower(id);
    setFollower(started);
    return () => started.close();
  }, [id]);
  return follower?.id === id ? follower : null;
}
