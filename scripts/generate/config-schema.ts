/** Writes docs/reference/runagent.config.schema.json: what editors use for `$schema`. */
import { writeFileSync } from "node:fs";
import { CONFIG_SCHEMA } from "@runagent/protocol/config";

const path = new URL("../../docs/reference/runagent.config.schema.json", import.meta.url);
// Editors know nothing of our own formats, and some complain about them.
writeFileSync(path, `${JSON.stringify(CONFIG_SCHEMA, withoutFormats, 2)}\n`);

function withoutFormats(key: string, value: unknown): unknown {
  return key === "format" && typeof value === "string" ? undefined : value;
}
