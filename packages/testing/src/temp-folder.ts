/** A folder of its own for one test; `close()` may be called twice. */
import { mkdir, mkdtemp, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

export interface TemporaryFolder extends AsyncDisposable {
  readonly path: string;
  /** Writes a file below the folder, with the folders in between. */
  write(name: string, text: string | Uint8Array): Promise<string>;
  close(): Promise<void>;
}

/** `files`: what lies in it from the start, by relative path. */
export async function tempFolder(files: Readonly<Record<string, string>> = {}): Promise<TemporaryFolder> {
  // The real path: on macOS the temporary folder is behind a link, and file watchers report the real one.
  const path = await realpath(await mkdtemp(join(tmpdir(), "runagent-test-")));
  const write = async (name: string, text: string | Uint8Array): Promise<string> => {
    const target = join(path, name);
    await mkdir(dirname(target), { recursive: true });
    await writeFile(target, text);
    return target;
  };
  const close = (): Promise<void> => rm(path, { recursive: true, force: true });
  for (const [name, text] of Object.entries(files)) await write(name, text);
  return { path, write, close, [Symbol.asyncDispose]: close };
}
