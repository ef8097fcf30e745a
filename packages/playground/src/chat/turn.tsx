/** One turn: what a person said, what the agent did and answered. */
import { useEffect } from "preact/hooks";
import { duration } from "../parts/format.ts";
import { Failure } from "../parts/problem.tsx";
import { Status } from "../parts/status.tsx";
import { hashOf } from "../router.ts";
import type { RunFollower } from "../run/run-follower.ts";
import { useFollower } from "../run/use-follower.ts";
import { Transcript } from "../transcript/transcript.tsx";
import { saidIn } from "./conversation.ts";

interface Props {
  readonly id: string;
  readonly opened: (follower: RunFollower) => void;
  readonly stands: (id: string, isGoing: boolean) => void;
}

export function Turn({ id, opened, stands }: Props) {
  const follower = useFollower(id);
  const run = follower?.run.value ?? null;
  const status = follower?.status.value ?? null;
  const isLost = follower?.failure.value != null;
  const isGoing = !isLost && (status === "running" || status === "queued" || status === "waiting");
  useEffect(() => {
    if (follower !== null) opened(follower);
  }, [follower]);
  useEffect(() => {
    if (isLost || status !== null) stands(id, isGoing);
  }, [isGoing, isLost, status === null]);
  if (follower === null || run === null) {
    return follower?.failure.value == null ? null : <Failure error={follower.failure.value} />;
  }
  return (
    <article class="turn">
      <div class="said">
        <span class="unseen">You: </span>
        {saidIn(run.input)}
      </div>
      <div class="answered">
        <Transcript follower={follower} />
        <p class="dim foot">
          {status !== null && status !== "succeeded" && <Status status={status} />}{" "}
          {run.ended_at !== null && <span class="num">{duration(run.usage.duration_ms)}</span>}{" "}
          <a href={hashOf({ kind: "run", id })}>Details</a>
        </p>
      </div>
    </article>
  );
}
