import { DEFAULT_LIMITS } from "@runagent/protocol";
import { expect, test } from "vitest";
import { createMemoryStore } from "../../src/engine/index.ts";
import { ManualClock } from "../manual-clock.ts";
import { storeContract } from "./contract.ts";

storeContract("memory", async () => {
  const clock = new ManualClock();
  const store = createMemoryStore({ limits: DEFAULT_LIMITS, clock });
  return { store, now: () => clock.now(), advance: (ms) => clock.advance(ms) };
});

test("the memory store refuses what would pass its limit, and takes it when there is room again", async () => {
  const store = createMemoryStore({
    limits: { ...DEFAULT_LIMITS, store_bytes_in_memory: 10 },
    clock: new ManualClock(),
  });
  await store.update("a", () => "12345");
  await expect(store.update("b", () => "123456")).rejects.toMatchObject({ code: "STORAGE_FULL" });
  await expect(store.append("l", "123456", { id: "i" })).rejects.toMatchObject({ code: "STORAGE_FULL" });
  await expect(store.enqueue("q", "123456", { id: "i" })).rejects.toMatchObject({ code: "STORAGE_FULL" });
  expect((await store.update("b", () => undefined)).value).toBeNull();
  await store.update("a", () => null);
  expect((await store.update("b", () => "123456")).value).toBe("123456");
  await store.close();
});
