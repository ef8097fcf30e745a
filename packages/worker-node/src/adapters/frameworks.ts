/** What adapters need of a framework's own code: from the copy that the agent imports, as its bundle hands it out. */
import { pathToFileURL } from "node:url";
import { read } from "./read.ts";

export class Frameworks {
  readonly #path: string | null;
  #module: Promise<object> | null = null;

  /** `path`: of the module that the bundle has for it; null: the agent uses no such framework. */
  constructor(path: string | null) {
    this.#path = path;
  }

  /** `undefined` when the agent's copy has no such part. */
  async part(framework: "openaiAgents" | "langgraph", name: string): Promise<unknown> {
    if (this.#path === null) return undefined;
    this.#module ??= import(pathToFileURL(this.#path).href);
    return read(read(await this.#module, `${framework}Parts`), name);
  }
}
