/** Writes until it is killed, and says what was acknowledged: the entry's number, once its record counts it too. */
import { DEFAULT_LIMITS } from "@runagent/protocol";
import { openSqliteStore } from "../../src/engine/index.ts";
import { systemClock } from "../../src/scheduler/clock.ts";

const store = await openSqliteStore({ file: process.argv[2] ?? "", limits: DEFAULT_LIMITS, clock: systemClock });
for (let i = 0; ; i += 1) {
  const { seq } = await store.append("l", "x".repeat(i % 2000), { id: `${process.pid}-${i}` });
  await store.update("count", (value) => String(Number(value ?? "0") + 1));
  process.stdout.write(`${seq}\n`);
}
