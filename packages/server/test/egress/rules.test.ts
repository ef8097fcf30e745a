/** The allow-list, the addresses, and what the operator maps, as values. */
import { describe, expect, test } from "vitest";
import { diallable, kindOf } from "../../src/egress/addresses.ts";
import { FakeAddresses } from "../../src/egress/fake-addresses.ts";
import { isAddressRule, mappedHostText, readMappedHost, readPrivateRange } from "../../src/egress/index.ts";
import { readRules } from "../../src/egress/rules.ts";

describe("rules of network.egress", () => {
  const rules = readRules([
    "api.example.com",
    "db.example.com:5432",
    "*.wild.example",
    "*.wild.example:8443",
    "Bücher.example",
  ]);

  test.each([
    ["api.example.com", 80, true],
    ["api.example.com", 443, true],
    ["api.example.com", 8080, false],
    ["db.example.com", 5432, true],
    ["db.example.com", 443, false],
    ["a.wild.example", 443, true],
    ["a.b.wild.example", 8443, true],
    ["wild.example", 443, false],
    ["notwild.example", 443, false],
    ["xn--bcher-kva.example", 443, true],
    ["api.example.com.evil.example", 443, false],
    ["", 443, false],
  ])("%s at %i: %s", (name, port, allowed) => {
    expect(rules.allows(name, port)).toBe(allowed);
  });

  test("an address is no name", () => {
    expect(["10.0.0.5:5432", "[2001:db8::1]:443", "93.184.216.34"].every(isAddressRule)).toBe(true);
    expect(isAddressRule("a.example:443")).toBe(false);
    expect(readRules(["93.184.216.34"]).knows("93.184.216.34")).toBe(false);
  });
});

describe("addresses of the outside", () => {
  test.each([
    ...["127.0.0.1", "127.9.9.9", "0.0.0.0", "169.254.169.254", "100.100.100.200", "168.63.129.16", "198.18.0.1"],
    ...["224.0.0.1", "255.255.255.255", "::", "::1", "fe80::1", "fe80::1%eth0", "fec0::1", "ff02::1", "fd00:ec2::254"],
    ...["::ffff:127.0.0.1", "::ffff:8.8.8.8", "::ffff:7f00:1", "::127.0.0.1", "64:ff9b::7f00:1", "64:ff9b:1::1"],
    ...["2002:7f00:1::", "2001:0:1::1", "no address", ""],
  ])("%s is never dialled", (address) => {
    expect(kindOf(address)).toBe("never");
    expect(diallable(["0.0.0.0/0", "::/0"])(address)).toBe(false);
  });

  test.each(["10.1.2.3", "172.16.0.1", "192.168.1.1", "100.64.0.1", "fc00::1", "fd12::1", "192.0.2.1"])(
    "%s only where the operator allows it",
    (address) => {
      expect(kindOf(address)).toBe("private");
      expect(diallable([])(address)).toBe(false);
      expect(diallable(["0.0.0.0/0", "fc00::/7"])(address)).toBe(true);
    },
  );

  test.each(["8.8.8.8", "93.184.216.34", "2606:4700::1111"])("%s is", (address) => {
    expect(diallable([])(address)).toBe(true);
  });
});

describe("addresses inside", () => {
  test("a name of the list has the address of its place, one below a rule the next, for good", () => {
    const first = new FakeAddresses(["a.example", "b.example"], []);
    expect(first.addressOf("b.example")).toBe("198.18.1.1");
    expect(first.add("x.wild.example")).toBe("198.19.0.0");
    expect(first.add("y.wild.example")).toBe("198.19.0.1");
    const again = new FakeAddresses(["a.example", "b.example"], ["x.wild.example", "y.wild.example"]);
    for (const name of ["a.example", "b.example", "x.wild.example", "y.wild.example"]) {
      const address = first.addressOf(name) ?? "";
      expect(again.addressOf(name)).toBe(address);
      expect(again.nameOf(address)).toBe(name);
    }
  });

  test.each(["198.18.0.1", "198.18.1.2", "198.19.0.0", "127.0.0.1", "", "::1"])("%s means no name", (address) => {
    expect(new FakeAddresses(["a.example", "b.example"], []).nameOf(address)).toBeUndefined();
  });
});

describe("--map-host", () => {
  test.each(["api.example.com=127.0.0.1:8080", "api.example.com:443=127.0.0.1:8443", "db.example=[::1]:5432"])(
    "%s",
    (text) => expect(mappedHostText(readMappedHost(text))).toBe(text),
  );

  test.each(["api.example.com", "a=b:1", "a=127.0.0.1", "a=127.0.0.1:0", "a:70000=127.0.0.1:80", "=127.0.0.1:80"])(
    "%s is refused",
    (text) => expect(() => readMappedHost(text)).toThrow(/NAME\[:PORT\]=ADDRESS:PORT/),
  );
});

describe("--egress-private", () => {
  test.each(["10.0.0.0/8", "192.168.1.0/24", "100.64.0.0/10", "fd12:3456::/32"])("takes %s, as it stands", (range) => {
    expect(readPrivateRange(range)).toBe(range);
  });

  test.each(["10.0.0.0", "10.0.0.0/33", "127.0.0.0/8", "169.254.0.0/16", "8.8.8.0/24", "fe80::/10", "host/8", ""])(
    "refuses %s and says what it expects",
    (range) => {
      expect(() => readPrivateRange(range)).toThrow(`--egress-private ${range} is not a range of private addresses.`);
    },
  );

  test("opens nothing that may never be dialled, however wide it is", () => {
    const may = diallable([readPrivateRange("192.168.0.0/0")]);
    expect(["10.1.2.3", "127.0.0.1", "169.254.169.254"].map(may)).toEqual([true, false, false]);
  });
});
