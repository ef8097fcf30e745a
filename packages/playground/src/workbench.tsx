/** The composer of an entrypoint and, beside it, the run that one looks at. */

import { signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { Chat } from "./chat/chat.tsx";
import { Composer } from "./composer/composer.tsx";
import { composerOf, type Entrypoint } from "./composer/composer-state.ts";
import { newSession } from "./composer/random-name.ts";
import { readSoon, runs } from "./history/history-state.ts";
import { isRecord } from "./parts/json.ts";
import { go, type Place, replace } from "./router.ts";
import { RunView } from "./run/run-view.tsx";
import { client } from "./server/client.ts";
import { agent, served } from "./server/state.ts";

/** Entrypoints that were turned over by hand: a chat into a form, or what takes messages into a chat. */
const turned = signal<ReadonlySet<string>>(new Set());
/** The entrypoint of the run that one looks at. */
const tagOfRun = signal<{ readonly id: string; readonly tag: string } | null>(null);

type Here = Extract<Place, { kind: "entrypoint" | "session" | "run" }>;

export function Workbench({ place }: { readonly place: Here }) {
  const known = agent.value;
  useEffect(() => {
    if (place.kind === "run") void findRun(place.id);
  }, [place.kind === "run" ? place.id : ""]);
  if (known === null) return place.kind === "run" ? <RunView id={place.id} /> : null;
  const tag = place.kind === "run" ? (tagOfRun.value?.id === place.id ? tagOfRun.value.tag : null) : place.tag;
  const entrypoint = known.entrypoints.find((one) => one.tag === tag);
  const isChat = entrypoint !== undefined && isChatNow(entrypoint);
  if (place.kind !== "run" && entrypoint === undefined) return <NoEntrypoint tag={place.tag} />;
  if (entrypoint !== undefined && isChat && place.kind !== "run") {
    return (
      <ChatAt entrypoint={entrypoint} agent={known.name} session={place.kind === "session" ? place.session : null} />
    );
  }
  return (
    <div class="workbench">
      {entrypoint !== undefined && !isChat && (
        <ComposerAt
          entrypoint={entrypoint}
          agent={known.name}
          session={place.kind === "session" ? place.session : null}
        />
      )}
      <div class="stage">
        {place.kind === "run" ? (
          <RunView key={place.id} id={place.id} />
        ) : (
          <p class="dim hint">Nothing was run here yet.</p>
        )}
      </div>
    </div>
  );
}

const isChatNow = (one: Entrypoint): boolean => (one.input === "chat") !== turned.value.has(one.tag);

function turn(tag: string): void {
  const now = new Set(turned.value);
  if (!now.delete(tag)) now.add(tag);
  turned.value = now;
}

/** What is chat, and what has a member `messages`, as the state of a graph does. */
function takesMessages({ input, input_schema: schema }: Entrypoint): boolean {
  return input === "chat" || (isRecord(schema) && isRecord(schema.properties) && "messages" in schema.properties);
}

interface Props {
  readonly entrypoint: Entrypoint;
  readonly agent: string;
  readonly session: string | null;
}

function ComposerAt({ entrypoint, agent: name, session }: Props) {
  const state = composerOf(entrypoint);
  useEffect(() => {
    if (session !== null) state.session.value = session;
  }, [session, state]);
  return (
    <Composer
      state={state}
      agent={name}
      disabled={served.value?.ready !== true}
      asChat={takesMessages(entrypoint) ? () => chatHere(entrypoint.tag) : null}
      started={(id) => {
        tagOfRun.value = { id, tag: entrypoint.tag };
        readSoon();
        go({ kind: "run", id });
      }}
    />
  );
}

/** A run that one looks at is left for the conversation. */
function chatHere(tag: string): void {
  turn(tag);
  go({ kind: "entrypoint", tag });
}

function ChatAt({ entrypoint, agent: name, session }: Props) {
  useEffect(() => {
    if (session === null) replace({ kind: "session", tag: entrypoint.tag, session: newSession() });
  }, [session, entrypoint.tag]);
  if (session === null) return null;
  return (
    <Chat
      key={`${entrypoint.tag} ${session}`}
      {...{ entrypoint, session }}
      agent={name}
      disabled={served.value?.ready !== true}
      asForm={() => turn(entrypoint.tag)}
    />
  );
}

function NoEntrypoint({ tag }: { readonly tag: string }) {
  return (
    <p class="dim hint">
      There is no entrypoint <code>{tag}</code> here any more.
    </p>
  );
}

/** A run that was opened by its link: its input goes into the composer, ready to be changed and run again. */
async function findRun(id: string): Promise<void> {
  if (tagOfRun.value?.id === id) return;
  try {
    const run = runs.value.find((one) => one.id === id) ?? (await client.runs.get(id));
    const entrypoint = agent.value?.entrypoints.find((one) => one.tag === run.tag);
    if (entrypoint !== undefined) {
      const state = composerOf(entrypoint);
      state.put(JSON.stringify(run.input));
      state.session.value = run.session ?? "";
    }
    tagOfRun.value = { id, tag: run.tag };
  } catch {
    tagOfRun.value = null; // the view of the run says why
  }
}
