/** uv reads none of pip's settings: those that name an index or a certificate are said again in uv's words. */
import { run } from "./command.ts";
import { hostsIn, withoutSignIn } from "./reach.ts";

export type Variables = Readonly<Record<string, string | undefined>>;

const SAME: Readonly<Record<string, string>> = {
  UV_DEFAULT_INDEX: "PIP_INDEX_URL",
  UV_INDEX: "PIP_EXTRA_INDEX_URL",
  UV_INSECURE_HOST: "PIP_TRUSTED_HOST",
  SSL_CERT_FILE: "PIP_CERT",
};

/** What uv gets beside the shell's variables; its own stay as they are. */
export async function uvSettings(python: string, env: Variables, signal: AbortSignal): Promise<Record<string, string>> {
  const pip = { ...(await pipFiles(python, env, signal)), ...env };
  const said: Record<string, string> = {};
  for (const [name, theirs] of Object.entries(SAME)) {
    const value = pip[theirs];
    if (value && env[name] === undefined && env.UV_INDEX_URL === undefined) said[name] = value;
  }
  return said;
}

/** `pip.conf`, wherever it lies, as the variables that would say the same. */
async function pipFiles(python: string, env: Variables, signal: AbortSignal): Promise<Record<string, string>> {
  const listed = await run({ file: python, args: ["-m", "pip", "config", "list"], cwd: "/", env, signal });
  if (listed.code !== 0) return {}; // no pip: no settings of it
  const lines = listed.stdout.matchAll(/^(?:global|install)\.([a-z-]+)='(.*)'$/gm);
  return Object.fromEntries(
    Array.from(lines, ([, key = "", value = ""]) => [
      `PIP_${key.toUpperCase().replaceAll("-", "_")}`,
      value.replaceAll("\\n", " ").trim(),
    ]),
  );
}

const NAMES_AN_INDEX = /^(UV_(DEFAULT_|EXTRA_)?INDEX(_URL)?|PIP_(EXTRA_)?INDEX_URL|UV_INSECURE_HOST)$/;
const PYPI = ["pypi.org", "files.pythonhosted.org"];

/** Where a confined build gets Python packages: the operator's indexes, less who signs in there. */
export async function confinedIndexes(
  env: Variables,
  secrets: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<{ env: Record<string, string>; trusted: string[] }> {
  const own = Object.entries(env).filter(([name]) => NAMES_AN_INDEX.test(name));
  const { SSL_CERT_FILE: _, ...settings } = await uvSettings("python3", env, signal);
  const all = { ...Object.fromEntries(own), ...settings, ...secrets };
  const said = Object.entries(all).flatMap(([name, value]): [string, string][] =>
    value === undefined || !NAMES_AN_INDEX.test(name) ? [] : [[name, name in secrets ? value : withoutSignIn(value)]],
  );
  const replaced = said.some(([name]) => /^(UV_DEFAULT_INDEX|UV_INDEX_URL|PIP_INDEX_URL)$/.test(name));
  const named = hostsIn(said.map(([, value]) => value));
  return { env: Object.fromEntries(said), trusted: replaced ? named : [...PYPI, ...named] };
}
