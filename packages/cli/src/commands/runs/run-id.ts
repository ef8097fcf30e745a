/** The argument that most commands about runs have. */
import type { ArgumentSpec } from "../../command.ts";

export const RUN_ID: ArgumentSpec = { syntax: "<id>", about: "the run's id, as `run_01jq…`" };
