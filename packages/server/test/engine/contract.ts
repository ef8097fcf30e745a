/** What every engine's store must keep (docs/adr/engine-seam.md). `open` gives an empty store and a clock that drives it. */
import { describe, expect, test } from "vitest";
import { Conflict, type Store } from "../../src/engine/ports.ts";

export interface OpenStore {
  readonly store: Store;
  now(): number;
  /** Lets that time pass for the store. */
  advance(ms: number): Promise<void>;
}

export function storeContract(name: string, open: () => Promise<OpenStore>): void {
  describe(`${name}: logs`, () => logs(open));
  describe(`${name}: queues`, () => queues(open));
  describe(`${name}: records`, () => records(open));
  test(`${name}: closing ends those who wait, and may be done twice`, async () => {
    const { store } = await open();
    const waiting = [
      collect(store.read("l", 0, { follow: true, signal: never() })),
      collect(store.watch("p", { signal: never() })),
      store.take("q", { max: 1, waitMs: 60_000, signal: never() }),
    ];
    await store.close();
    await store.close();
    expect(await Promise.all(waiting)).toEqual([[], [], []]);
  });
}

type Open = () => Promise<OpenStore>;

const never = (): AbortSignal => new AbortController().signal;

async function collect<T>(items: AsyncIterable<T>, most = Number.POSITIVE_INFINITY): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) if (all.push(item) >= most) break;
  return all;
}

function logs(open: Open): void {
  test("entries come back in their order, after the one named", async () => {
    const { store } = await open();
    const seqs: number[] = [];
    for (const id of ["a", "b", "c"]) seqs.push((await store.append("l", `data ${id}`, { id })).seq);
    const all = await collect(store.read("l", 0, { follow: false, signal: never() }));
    expect(all).toEqual(["a", "b", "c"].map((id, i) => ({ seq: seqs[i], data: `data ${id}` })));
    const rest = await collect(store.read("l", seqs[1] ?? 0, { follow: false, signal: never() }));
    expect(rest.map((one) => one.data)).toEqual(["data c"]);
    await store.close();
  });

  test("the same id again writes nothing", async () => {
    const { store } = await open();
    const first = await store.append("l", "one", { id: "a" });
    expect(await store.append("l", "other", { id: "a" })).toEqual({ seq: first.seq, dup: true });
    expect(await collect(store.read("l", 0, { follow: false, signal: never() }))).toHaveLength(1);
    await store.close();
  });

  test("who expects another last entry gets a conflict", async () => {
    const { store } = await open();
    const { seq } = await store.append("l", "one", { id: "a", expect: 0 });
    await expect(store.append("l", "two", { id: "b", expect: 0 })).rejects.toBeInstanceOf(Conflict);
    expect((await store.append("l", "two", { id: "b", expect: seq })).dup).toBe(false);
    await store.close();
  });

  test("who follows gets what is there and what comes, without a gap, until the signal", async () => {
    const { store } = await open();
    const stop = new AbortController();
    await store.append("l", "1", { id: "1" });
    const seen: string[] = [];
    const following = (async () => {
      for await (const { data } of store.read("l", 0, { follow: true, signal: stop.signal })) {
        seen.push(data);
        if (seen.length === 5) stop.abort();
      }
    })();
    for (const id of ["2", "3", "4", "5"]) await store.append("l", id, { id });
    await following;
    expect(seen).toEqual(["1", "2", "3", "4", "5"]);
    await store.close();
  });

  test("a forgotten log is empty, and others stay", async () => {
    const { store } = await open();
    await store.append("l", "1", { id: "1" });
    await store.append("m", "1", { id: "1" });
    await store.forget("l");
    expect(await collect(store.read("l", 0, { follow: false, signal: never() }))).toEqual([]);
    expect(await collect(store.read("m", 0, { follow: false, signal: never() }))).toHaveLength(1);
    await store.close();
  });
}

function queues(open: Open): void {
  const now = { max: 10, waitMs: 0, signal: never() };

  test("a job is given to one taker, and is gone once acknowledged", async () => {
    const { store, advance } = await open();
    await store.enqueue("q", "body", { id: "a" });
    expect(await store.enqueue("q", "body", { id: "a" })).toEqual({ dup: true });
    const [job] = await store.take("q", now);
    expect(job).toMatchObject({ id: "a", body: "body", attempt: 1 });
    expect(await store.take("q", now)).toEqual([]);
    await job?.ack();
    await advance(3600_000);
    expect(await store.take("q", now)).toEqual([]);
    await store.close();
  });

  test("a job whose taker is silent, or says retry, comes again with its next attempt", async () => {
    const { store, advance } = await open();
    await store.enqueue("q", "body", { id: "a" });
    const [lost] = await store.take("q", now);
    await advance(3600_000);
    const [again] = await store.take("q", now);
    expect(again?.attempt).toBe(2);
    await lost?.ack();
    await again?.retry(1000);
    expect(await store.take("q", now)).toEqual([]);
    await advance(1000);
    expect((await store.take("q", now))[0]?.attempt).toBe(3);
    await store.close();
  });

  test("a job that is extended stays with its taker", async () => {
    const { store, advance } = await open();
    await store.enqueue("q", "body", { id: "a" });
    const [job] = await store.take("q", now);
    await job?.extend(7200_000);
    await advance(3600_000);
    expect(await store.take("q", now)).toEqual([]);
    await store.close();
  });

  test("a job for later is not there before its time; who waits gets it then", async () => {
    const open1 = await open();
    const { store, advance } = open1;
    await store.enqueue("q", "later", { id: "a", at: open1.now() + 5000 });
    expect(await store.take("q", now)).toEqual([]);
    const taking = store.take("q", { ...now, waitMs: 10_000 });
    await advance(5000);
    expect((await taking).map((one) => one.body)).toEqual(["later"]);
    await store.close();
  });

  test("who waits gets what is put in meanwhile, at most as many as asked; a wait ends", async () => {
    const { store, advance } = await open();
    const taking = store.take("q", { ...now, waitMs: 10_000 });
    await store.enqueue("q", "1", { id: "1" });
    expect(await taking).toHaveLength(1);
    for (const id of ["2", "3", "4"]) await store.enqueue("q", id, { id });
    expect(await store.take("q", { ...now, max: 2 })).toHaveLength(2);
    expect(await store.take("q", now)).toHaveLength(1);
    const empty = store.take("q", { ...now, waitMs: 1000 });
    await advance(1000);
    expect(await empty).toEqual([]);
    await store.close();
  });
}

function records(open: Open): void {
  test("a record is read, changed and deleted in one step each", async () => {
    const { store } = await open();
    const first = await store.update("k", (value) => `${value}`);
    expect(first.value).toBe("null");
    const second = await store.update("k", (value) => `${value}!`);
    expect(second.value).toBe("null!");
    expect(second.rev).toBeGreaterThan(first.rev);
    expect(await store.update("k", () => undefined)).toEqual(second);
    expect((await store.update("k", () => null)).value).toBeNull();
    expect((await store.update("k", () => undefined)).value).toBeNull();
    await store.close();
  });

  test("many changes at once all count", async () => {
    const { store } = await open();
    const add = () => store.update("k", (value) => String(Number(value ?? "0") + 1));
    await Promise.all(Array.from({ length: 100 }, add));
    expect((await store.update("k", () => undefined)).value).toBe("100");
    await store.close();
  });

  test("a record with a time to live goes by itself, unless it is written again", async () => {
    const { store, advance } = await open();
    await store.update("k", () => "1", { ttlMs: 1000 });
    await store.update("l", () => "1", { ttlMs: 1000 });
    await store.update("l", () => "2");
    await advance(1001);
    expect((await store.update("k", () => undefined)).value).toBeNull();
    expect((await store.update("l", () => undefined)).value).toBe("2");
    await store.close();
  });

  test("a list has every record of the prefix as it is now, and no other", async () => {
    const { store } = await open();
    await store.update("a/1", () => "1");
    await store.update("a/2", () => "2");
    await store.update("b/1", () => "1");
    await store.update("a/1", () => "3");
    await store.update("a/2", () => null);
    expect(await store.list("a/")).toMatchObject([{ key: "a/1", value: "3" }]);
    expect(await store.list("c/")).toEqual([]);
    await store.close();
  });

  test("who watches sees what is there, then changes, of the prefix only", async () => {
    const { store } = await open();
    await store.update("a/1", () => "1");
    await store.update("b/1", () => "1");
    const seen = collect(store.watch("a/", { signal: never() }), 3);
    await store.update("b/2", () => "2");
    await store.update("a/2", () => "2");
    await store.update("a/1", () => null);
    expect((await seen).map(({ key, value }) => [key, value])).toEqual(
      expect.arrayContaining([
        ["a/2", "2"],
        ["a/1", null],
      ]),
    );
    await store.close();
  });
}
