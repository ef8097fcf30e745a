/**
 * `"lifespan": "agent.ts:lifespan"`: entered once in each worker before its first run, left when it drains. The function
 * is an async generator (what stands after `yield` is the leaving), or returns something with `Symbol.asyncDispose`,
 * `Symbol.dispose` or `close`.
 */
import { RunAgentError } from "@runagent/protocol";

export interface Lifespan {
  /** May be called twice. */
  leave(): Promise<void>;
}

export async function enterLifespan(named: string, load: (file: string) => Promise<object>): Promise<Lifespan> {
  const at = named.lastIndexOf(":");
  const [file, name] = [named.slice(0, at), named.slice(at + 1)];
  const enter: unknown = Reflect.get(await load(file), name);
  if (typeof enter !== "function") {
    throw new RunAgentError("LOAD_FAILED", `lifespan: ${file} exports no function "${name}"`);
  }
  const entered: unknown = await Reflect.apply(enter, undefined, []);
  const leave = await leaving(entered);
  let left: Promise<void> | null = null;
  return {
    leave: () => {
      left ??= leave();
      return left;
    },
  };
}

async function leaving(entered: unknown): Promise<() => Promise<void>> {
  if (typeof entered !== "object" || entered === null) return async () => {};
  if (isGenerator(entered)) {
    await entered.next();
    return async () => {
      const step = await entered.next();
      if (step.done !== true) await entered.return(undefined);
    };
  }
  for (const name of [Symbol.asyncDispose, Symbol.dispose, "close"]) {
    const method: unknown = Reflect.get(entered, name);
    if (typeof method === "function") return async () => void (await Reflect.apply(method, entered, []));
  }
  return async () => {};
}

function isGenerator(value: object): value is AsyncGenerator<unknown, unknown> {
  return Symbol.asyncIterator in value && "next" in value && "return" in value;
}
