/** The argument of every command about one batch. */
import type { ArgumentSpec } from "../../command.ts";

export const BATCH_ID: ArgumentSpec = { syntax: "<id>", about: "the batch's id, as `bat_01jq…`" };
