/** The page: head, entrypoints and history, and what one looks at. Knows every part; no part knows it. */
import { useSignalEffect } from "@preact/signals";
import { useEffect, useState } from "preact/hooks";
import { Compare } from "./compare/compare.tsx";
import { History } from "./history/history.tsx";
import { readSoon } from "./history/history-state.ts";
import { ProblemCard } from "./parts/problem.tsx";
import { theme, toggleTheme } from "./parts/theme.ts";
import { hashOf, type Place, place } from "./router.ts";
import { SERVER_URL } from "./server/client.ts";
import { agent, connected, locked, served } from "./server/state.ts";
import { Workbench } from "./workbench.tsx";

export function App() {
  const [menu, setMenu] = useState(false);
  const here = place.value;
  useSignalEffect(() => {
    // Every load and every new connection: the runs of a server that was started again are others.
    if (served.value !== null) readSoon();
  });
  useEffect(() => {
    const escaped = (event: KeyboardEvent): void => {
      if (event.key === "Escape") setMenu(false);
    };
    addEventListener("keydown", escaped);
    return () => removeEventListener("keydown", escaped);
  }, []);
  useEffect(() => {
    setMenu(false);
    readSoon();
  }, [here]);
  return (
    <div class={`page${menu ? " menu" : ""}`}>
      <button type="button" class="skip" onClick={() => document.getElementById("main")?.focus()}>
        Skip to the content
      </button>
      <Top menu={menu} toggle={() => setMenu(!menu)} />
      <nav class="side" aria-label="Entrypoints and runs" id="side">
        <Entrypoints here={here} />
        <History />
      </nav>
      <main id="main" tabIndex={-1}>
        <Trouble />
        <Content here={here} />
      </main>
    </div>
  );
}

function Content({ here }: { readonly here: Place }) {
  const first = agent.value?.default;
  if (here.kind === "compare") return <Compare a={here.a} b={here.b} />;
  if (here.kind !== "start") return <Workbench place={here} />;
  return first === undefined ? null : <Workbench place={{ kind: "entrypoint", tag: first }} />;
}

function Top({ menu, toggle }: { readonly menu: boolean; readonly toggle: () => void }) {
  const known = agent.value;
  const next = theme.value === "dark" ? "Light" : "Dark";
  return (
    <header class="top">
      <button type="button" class="burger quiet" aria-expanded={menu} aria-controls="side" onClick={toggle}>
        Menu
      </button>
      <h1 class="brand">{known?.title ?? "RunAgent"}</h1>
      {known !== null && <span class="dim version">{known.version}</span>}
      <Readiness />
      <span class="spread" />
      <a href="docs">API</a>
      <button type="button" class="quiet" onClick={toggleTheme}>
        {next}
      </button>
    </header>
  );
}

function Readiness() {
  const state = locked.value
    ? "locked"
    : !connected.value
      ? "offline"
      : served.value === null
        ? "connecting"
        : served.value.ready
          ? "ready"
          : "broken";
  return (
    <span class={`readiness ${state}`} role="status">
      {state}
    </span>
  );
}

/** What keeps calls from being answered now; the page heals by itself. */
function Trouble() {
  if (locked.value) {
    return (
      <div class="trouble" role="alert">
        <p class="what">This server answers only to those who have a key.</p>
        <p class="dim">
          This page cannot log in. Use the command line (<code>runagent login {SERVER_URL}</code>), an SDK, or the{" "}
          <a href="docs">API</a> with your key.
        </p>
      </div>
    );
  }
  if (!connected.value) {
    return (
      <div class="trouble" role="alert">
        <p class="what">The server does not answer.</p>
        <p class="dim">This page goes on as soon as it is back.</p>
      </div>
    );
  }
  const problem = served.value?.problem ?? null;
  if (problem === null) return null;
  return (
    <div class="trouble" role="alert">
      <ProblemCard problem={problem} />
      <p class="dim">The page heals when the code is saved again.</p>
    </div>
  );
}

function Entrypoints({ here }: { readonly here: Place }) {
  const known = agent.value;
  if (known === null) return null;
  const chosen =
    here.kind === "entrypoint" || here.kind === "session" ? here.tag : here.kind === "start" ? known.default : "";
  return (
    <section class="entrypoints" aria-label="Entrypoints">
      <h2>Entrypoints</h2>
      <ul>
        {known.entrypoints.map(({ tag, input, streams }) => (
          <li key={tag} class={tag === chosen ? "here" : ""}>
            <a href={hashOf({ kind: "entrypoint", tag })} {...(tag === chosen ? { "aria-current": "page" } : {})}>
              <span class="name">{tag}</span>
              <span class="dim">
                {[input === "chat" ? "chat" : "", streams ? "streams" : ""].filter(Boolean).join(" · ")}
              </span>
            </a>
          </li>
        ))}
      </ul>
    </section>
  );
}
