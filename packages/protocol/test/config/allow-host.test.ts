import { expect, test } from "vitest";
import { allowHost } from "../../src/config/index.ts";

const added = (text: string, rule: string): string => {
  const outcome = allowHost(text, rule);
  if (outcome.kind !== "added") throw new Error(outcome.kind);
  return outcome.text;
};

test("a host is added behind those that are there, and everything else stays", () => {
  const text = '{\n  // mine\n  "agent_name": "a",\n  "network": { "egress": ["one.example"] }\n}\n';
  expect(added(text, "two.example:8443")).toContain("// mine");
  expect(JSON.parse(added(text, "two.example").replace("// mine", "")).network.egress).toEqual([
    "one.example",
    "two.example",
  ]);
});

test.each(["{}", '{"network": {}}', '{"network": {"egress": []}}'])("%s gets its first host", (text) => {
  expect(JSON.parse(added(text, "*.one.example"))).toEqual({ network: { egress: ["*.one.example"] } });
});

test("what is there is not added again, and what cannot be allowed not at all", () => {
  expect(allowHost('{"network": {"egress": ["one.example"]}}', "one.example")).toEqual({ kind: "there" });
  for (const rule of ["*", "127.0.0.1", "localhost", "169.254.169.254", "http://one.example"]) {
    expect(allowHost("{}", rule).kind).toBe("refused");
  }
});
