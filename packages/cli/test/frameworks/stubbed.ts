/** The agent of one framework with its real model client, served in a folder of its own, before a stub model server. */
import { existsSync } from "node:fs";
import { cp } from "node:fs/promises";
import { join, resolve } from "node:path";
import { type StubModel, startStubModel, tempFolder } from "@runagent/testing";
import { exampleFolder, type Served, serveFolder } from "../examples/served.ts";

export interface Stubbed extends Served {
  readonly model: StubModel;
  close(): Promise<void>;
}

/** What an environment is built of: the stubbed agent has that of its example, so it is built once. */
const ENVIRONMENT = ["requirements.txt", ".python-version", "package.json", "package-lock.json", "tsconfig.json"];

export async function serveStubbed(framework: string): Promise<Stubbed> {
  const folder = await tempFolder();
  await cp(resolve(import.meta.dirname, "agents", framework), folder.path, { recursive: true });
  for (const name of ENVIRONMENT) {
    const from = join(exampleFolder(framework), name);
    if (existsSync(from)) await cp(from, join(folder.path, name), { force: false });
  }
  const model = await startStubModel();
  const stop = async (): Promise<void> => {
    await model.close();
    await folder.close();
  };
  try {
    const env = modelEnv(model);
    const served = await serveFolder(folder.path, env);
    return {
      ...served,
      model,
      close: async () => {
        await served.process.close();
        await stop();
      },
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** What the clients of both vendors read. */
const modelEnv = ({ url }: StubModel): Readonly<Record<string, string>> => ({
  OPENAI_BASE_URL: url,
  OPENAI_API_BASE: url,
  OPENAI_API_KEY: "unused",
  ANTHROPIC_BASE_URL: url.replace(/\/v1$/, ""),
  ANTHROPIC_API_KEY: "unused",
});
