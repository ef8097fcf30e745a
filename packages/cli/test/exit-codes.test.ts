import { ERRORS, type ErrorCode, problem } from "@runagent/protocol/errors";
import { expect, test } from "vitest";
import { exitOf } from "../src/exit-codes.ts";

const exits = (codes: readonly ErrorCode[]): number[] => [...new Set(codes.map((code) => exitOf(problem(code, ""))))];

test("a problem exits by whose fault it is, unless it may work later", () => {
  expect(exits(["INVALID_REQUEST", "AGENT_NOT_FOUND", "INVALID_INPUT", "SESSION_BUSY"])).toEqual([3]);
  expect(exits(["UNAUTHENTICATED", "FORBIDDEN"])).toEqual([4]);
  expect(exits(["AGENT_ERROR", "OUTPUT_NOT_JSON", "WORKER_LOST", "LOAD_FAILED", "RUN_CANCELLED"])).toEqual([1]);
  expect(exits(["QUEUE_FULL", "RATE_LIMITED", "NO_CAPACITY", "DRAINING", "DEADLINE_EXCEEDED", "STORAGE_FULL"])).toEqual(
    [5],
  );
  expect(exits(["INTERNAL"])).toEqual([70]);
  expect(exitOf(problem("WORKER_LOST", "", { origin: "platform" }))).toBe(70);
});

test("every code of the catalogue has an exit of the table", () => {
  for (const code of Object.keys(ERRORS)) expect([1, 3, 4, 5, 70]).toContain(exitOf(problem(code as ErrorCode, ""))); // the catalogue's own keys
});
