/** The doctor's row of tools, on a PATH of the test's own. */
import { expect, test } from "vitest";
import { lookAtTools } from "../../src/sandbox/doctor/tools.ts";

test("names the packages of the tools that are missing, each once", () => {
  const found = lookAtTools("/nowhere", []);
  expect(found).toMatchObject({
    need: "tools",
    verdict: "refused",
    mend: "apt-get install util-linux mount perl-base coreutils",
  });
  expect(found.found).toContain("nsenter");
});
