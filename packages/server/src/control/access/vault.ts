/**
 * Secrets at rest: AES-256-GCM under a key that is made from the master key, each bound to its place, so that one cannot be
 * put where another belongs. A wrong master key is found out at the start, by a record that only the right one opens.
 */
import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from "node:crypto";
import { chmodSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { RunAgentError } from "@runagent/protocol";
import type { Records } from "./ports.ts";

const CHECK = "default/master-key-check";
const NONCE = 12;
const TAG = 16;

export class Vault {
  readonly #key: Buffer;

  private constructor(master: string) {
    this.#key = Buffer.from(hkdfSync("sha256", master, "runagent", "secrets", 32));
  }

  /** Throws CONFLICT when what is kept was encrypted under another master key. */
  static async open(master: string, records: Records): Promise<Vault> {
    const vault = new Vault(master);
    const { value } = await records.update(CHECK, (kept) => (kept === null ? vault.seal(CHECK, "ok") : undefined));
    if (value !== null && vault.#opened(CHECK, value) === "ok") return vault;
    throw new RunAgentError("CONFLICT", "The master key is not the one that this data directory's secrets are under.", {
      hint: "Give the right one by RUNAGENT_MASTER_KEY or RUNAGENT_MASTER_KEY_FILE, or put back master.key.",
    });
  }

  seal(place: string, text: string): string {
    const nonce = randomBytes(NONCE);
    const cipher = createCipheriv("aes-256-gcm", this.#key, nonce).setAAD(Buffer.from(place));
    const sealed = Buffer.concat([cipher.update(text, "utf8"), cipher.final()]);
    return Buffer.concat([nonce, cipher.getAuthTag(), sealed]).toString("base64");
  }

  /** Throws INTERNAL when it was changed, or belongs elsewhere. */
  unseal(place: string, sealed: string): string {
    const text = this.#opened(place, sealed);
    if (text !== null) return text;
    throw new RunAgentError("INTERNAL", `${place} cannot be opened: it was changed outside of the server.`);
  }

  #opened(place: string, sealed: string): string | null {
    const bytes = Buffer.from(sealed, "base64");
    const nonce = bytes.subarray(0, NONCE);
    try {
      const cipher = createDecipheriv("aes-256-gcm", this.#key, nonce).setAAD(Buffer.from(place));
      cipher.setAuthTag(bytes.subarray(NONCE, NONCE + TAG));
      return cipher.update(bytes.subarray(NONCE + TAG), undefined, "utf8") + cipher.final("utf8");
    } catch {
      return null; // not sealed under this key, or for another place
    }
  }
}

/** The data directory's own master key, made at the first start; only its owner may read it. */
export function ownMasterKey(folder: string): string {
  const file = masterKeyFile(folder);
  if (!existsSync(file)) {
    writeFileSync(file, `${randomBytes(32).toString("base64url")}\n`, { mode: 0o600, flag: "wx" });
  }
  chmodSync(file, 0o600);
  return readFileSync(file, "utf8").trim();
}

export const masterKeyFile = (folder: string): string => join(folder, "master.key");
