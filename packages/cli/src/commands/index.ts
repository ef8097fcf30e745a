/** The command table. The parser, the help, the completions and docs/reference/cli.md are made from it, in this order. */
import type { CommandSpec } from "../command.ts";
import { agents } from "./agents.ts";
import { batchesCancel } from "./batches/cancel.ts";
import { batchesRetry } from "./batches/retry.ts";
import { batchesRuns } from "./batches/runs.ts";
import { batchesShow } from "./batches/show.ts";
import { completion } from "./completion.ts";
import { egress } from "./egress.ts";
import { init } from "./init.ts";
import { logs } from "./logs.ts";
import { run } from "./run.ts";
import { runsCancel } from "./runs/cancel.ts";
import { runsFollow } from "./runs/follow.ts";
import { runsList } from "./runs/list.ts";
import { runsResume } from "./runs/resume.ts";
import { runsRetry } from "./runs/retry.ts";
import { runsShow } from "./runs/show.ts";
import { serve } from "./serve.ts";
import { serverDoctor } from "./server/doctor.ts";
import { serverInstall } from "./server/install.ts";
import { serverStart } from "./server/start.ts";
import { serverStatus } from "./server/status.ts";
import { serverStop } from "./server/stop.ts";
import { sessionsDelete } from "./sessions/delete.ts";
import { sessionsList } from "./sessions/list.ts";
import { sessionsShow } from "./sessions/show.ts";
import { types } from "./types.ts";
import { validate } from "./validate.ts";

export const COMMANDS: readonly CommandSpec[] = [
  init,
  validate,
  serve,
  run,
  types,
  agents,
  egress,
  logs,
  runsList,
  runsShow,
  runsFollow,
  runsCancel,
  runsRetry,
  runsResume,
  sessionsList,
  sessionsShow,
  sessionsDelete,
  batchesShow,
  batchesRuns,
  batchesCancel,
  batchesRetry,
  serverStart,
  serverDoctor,
  serverStatus,
  serverStop,
  serverInstall,
  completion(() => COMMANDS),
];
