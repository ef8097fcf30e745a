/** The command table. The parser, the help, the completions and docs/reference/cli.md are made from it, in this order. */
import type { CommandSpec } from "../command.ts";
import { agents } from "./agents.ts";
import { audit } from "./audit.ts";
import { batchesCancel } from "./batches/cancel.ts";
import { batchesRetry } from "./batches/retry.ts";
import { batchesRuns } from "./batches/runs.ts";
import { batchesShow } from "./batches/show.ts";
import { completion } from "./completion.ts";
import { deleteAgent } from "./delete.ts";
import { deploy } from "./deploy.ts";
import { egress } from "./egress.ts";
import { init } from "./init.ts";
import { keyCreate } from "./key/create.ts";
import { keyList } from "./key/list.ts";
import { keyRevoke } from "./key/revoke.ts";
import { login } from "./login.ts";
import { logout } from "./logout.ts";
import { logs } from "./logs.ts";
import { promote } from "./promote.ts";
import { ps } from "./ps.ts";
import { rollback } from "./rollback.ts";
import { run } from "./run.ts";
import { runsCancel } from "./runs/cancel.ts";
import { runsFollow } from "./runs/follow.ts";
import { runsList } from "./runs/list.ts";
import { runsResume } from "./runs/resume.ts";
import { runsRetry } from "./runs/retry.ts";
import { runsShow } from "./runs/show.ts";
import { scale } from "./scale.ts";
import { secretList } from "./secret/list.ts";
import { secretSet } from "./secret/set.ts";
import { secretUnset } from "./secret/unset.ts";
import { serve } from "./serve.ts";
import { serverBackup } from "./server/backup.ts";
import { serverDoctor } from "./server/doctor.ts";
import { serverInstall } from "./server/install.ts";
import { serverRestore } from "./server/restore.ts";
import { serverStart } from "./server/start.ts";
import { serverStatus } from "./server/status.ts";
import { serverStop } from "./server/stop.ts";
import { sessionsDelete } from "./sessions/delete.ts";
import { sessionsList } from "./sessions/list.ts";
import { sessionsShow } from "./sessions/show.ts";
import { targetList } from "./target/list.ts";
import { targetUse } from "./target/use.ts";
import { top } from "./top.ts";
import { types } from "./types.ts";
import { validate } from "./validate.ts";
import { versions } from "./versions.ts";
import { whoami } from "./whoami.ts";

export const COMMANDS: readonly CommandSpec[] = [
  init,
  validate,
  serve,
  run,
  types,
  agents,
  egress,
  logs,
  login,
  logout,
  whoami,
  targetList,
  targetUse,
  deploy,
  versions,
  promote,
  rollback,
  scale,
  deleteAgent,
  ps,
  top,
  secretSet,
  secretList,
  secretUnset,
  keyCreate,
  keyList,
  keyRevoke,
  audit,
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
  serverBackup,
  serverRestore,
  completion(() => COMMANDS),
];
