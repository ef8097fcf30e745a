/** Where allowed names lead, with a DNS outside that lies. */
import { expect, test } from "vitest";
import { diallable } from "../../src/egress/addresses.ts";
import { Destinations } from "../../src/egress/daemon/destinations.ts";
import { type Lookup, Resolver } from "../../src/egress/daemon/resolver.ts";
import { readMappedHost } from "../../src/egress/index.ts";

const answers =
  (...addresses: string[]): Lookup =>
  async () =>
    addresses.map((address) => ({ address, ttl: 0 }));

const leadsTo = (lookup: Lookup, privateRanges: readonly string[] = []) =>
  new Destinations(new Resolver(diallable(privateRanges), lookup), []).find("a.example", 443);

test("a name leads to its public addresses, and to none of the others it names", async () => {
  const found = await leadsTo(answers("127.0.0.1", "93.184.216.34", "10.0.0.1", "::ffff:127.0.0.1", "169.254.169.254"));
  expect(found).toEqual({ kind: "found", targets: [{ address: "93.184.216.34", port: 443 }] });
});

test.each([["127.0.0.1"], ["10.0.0.1"], ["169.254.169.254"], ["::1"], ["::ffff:10.0.0.1"], ["64:ff9b::a00:1"]])(
  "a name that leads to %s alone leads nowhere",
  async (address) => {
    expect(await leadsTo(answers(address))).toEqual({ kind: "nothing", reason: "private_address" });
  },
);

test("private addresses are reached where the operator allows them, loopback never", async () => {
  const found = await leadsTo(answers("10.0.0.1", "127.0.0.1"), ["10.0.0.0/8", "127.0.0.0/8"]);
  expect(found).toEqual({ kind: "found", targets: [{ address: "10.0.0.1", port: 443 }] });
});

test("a name that is rebound after it was looked at is dialled at an address that was checked, or not at all", async () => {
  const turns = [["93.184.216.34"], ["127.0.0.1"]];
  const lookup: Lookup = async () => (turns.shift() ?? []).map((address) => ({ address, ttl: 60 }));
  const destinations = new Destinations(new Resolver(diallable([]), lookup), []);
  expect(await destinations.look("a.example")).toBe("found");
  expect(await destinations.find("a.example", 80)).toMatchObject({ targets: [{ address: "93.184.216.34" }] });
  expect(turns).toEqual([["127.0.0.1"]]);
});

test("what is unknown and what cannot be asked are told apart", async () => {
  expect(await leadsTo(answers())).toEqual({ kind: "nothing", reason: "unknown_name" });
  expect(await leadsTo(() => Promise.reject(new Error("timeout")))).toEqual({ kind: "failed" });
});

test("a mapped name is never asked for outside, at the mapped port", async () => {
  const asked: string[] = [];
  const lookup: Lookup = async (name) => {
    asked.push(name);
    return [];
  };
  const mapped = [readMappedHost("a.example:443=127.0.0.1:8443")];
  const destinations = new Destinations(new Resolver(diallable([]), lookup), mapped);
  expect(await destinations.find("a.example", 443)).toEqual({
    kind: "found",
    targets: [{ address: "127.0.0.1", port: 8443 }],
  });
  expect(asked).toEqual([]);
  expect((await destinations.find("a.example", 80)).kind).toBe("nothing");
});
