/**
 * Many callers at once, on connections that are kept: each call is answered, once, with its own answer. Nothing here is
 * measured (bench/ does that); what is looked for is the call that hangs, and the answer of another.
 */
import { Agent, request } from "node:http";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { READY_MS, type Serving, serveFolder } from "./serving.ts";

const CALLERS = 32;
const CALLS = 2_000;
const ALL_MS = 60_000;

const AGENTS = {
  Python: {
    file: "agent.py",
    modules: ["well", "soon", "late"],
    source: `
import asyncio
import time


def well(n: int) -> int:
    return n + 1


async def soon(n: int) -> int:
    return n + 1


async def late(n: int) -> int:
    if n % 7 == 0:
        await asyncio.sleep(0.002)
    if n % 50 == 0:
        time.sleep(0.002)
    return n + 1
`,
  },
  TypeScript: {
    file: "agent.ts",
    modules: ["well", "soon", "late"],
    source: `
export const well = ({ n }: { n: number }): number => n + 1;
export const soon = async ({ n }: { n: number }): Promise<number> => n + 1;
export async function late({ n }: { n: number }): Promise<number> {
  if (n % 7 === 0) await new Promise((resolve) => setTimeout(resolve, 2));
  return n + 1;
}
`,
  },
};

describe.each(Object.entries(AGENTS))("%s under load:", (_language, { file, modules, source }) => {
  let served: Serving;
  beforeAll(async () => {
    served = await serveFolder({ files: { [file]: source }, file, modules });
  }, READY_MS);
  afterAll(() => served?.[Symbol.asyncDispose]());

  test.each([[["well"]], [["soon"]], [["late"]], [["well", "soon", "late"]]])(
    `%s, each call is answered with its own answer`,
    async (tags) => {
      const agent = new Agent({ keepAlive: true, maxSockets: CALLERS });
      let next = 0;
      const wrong: string[] = [];
      const caller = async (): Promise<void> => {
        while (next < CALLS) {
          const n = next;
          next += 1;
          const answer = await call({ agent, port: served.port, tag: tags[n % tags.length] ?? "", n });
          if (answer !== `200 ${n + 1}`) wrong.push(`${n}: ${answer}`);
        }
      };
      await Promise.all(Array.from({ length: CALLERS }, caller));
      agent.destroy();
      expect(wrong.slice(0, 3)).toEqual([]);
      await served.neighbour();
    },
    ALL_MS,
  );
});

interface Call {
  readonly agent: Agent;
  readonly port: number;
  readonly tag: string;
  readonly n: number;
}

/** Status and body. */
function call({ agent, port, tag, n }: Call): Promise<string> {
  return new Promise((resolve, reject) => {
    const options = { agent, port, host: "127.0.0.1", method: "POST", path: `/v1/run/luck/${tag}` };
    const asked = request(options, (answer) => {
      text(answer).then((body) => resolve(`${answer.statusCode} ${body}`), reject);
    });
    asked.on("error", reject);
    const body = JSON.stringify({ n });
    asked.setHeader("Content-Length", body.length);
    asked.end(body);
  });
}
