import { expect, test } from "vitest";
import { satisfies } from "../../../src/build/environment/versions.ts";

test.each([
  ["3.12.1", "3.12"],
  ["3.12.1", ">=3.10,<3.13"],
  ["3.12.1", ">=3.10, !=3.11.*"],
  ["3.12.1", "~=3.10"],
  ["3.12.1", "==3.12.*"],
  ["3.12.1", "<=3.12"],
  ["22.11.0", "^22.4"],
  ["22.11.0", "20 || 22"],
  ["22.11.0", "22.x"],
  ["22.11.0", ">=22"],
])("%s satisfies %s", (version, requirement) => expect(satisfies(version, requirement)).toBe(true));

test.each([
  ["3.12.1", "3.1"],
  ["3.12.1", ">3.12"],
  ["3.12.1", "<3.12"],
  ["3.12.1", "~=3.10.2"],
  ["3.12.1", "!=3.12.*"],
  ["3.9.18", ">=3.10"],
  ["23.0.0", "^22.4"],
  ["22.3.0", "^22.4"],
  ["21.0.0", "20 || 22"],
])("%s does not satisfy %s", (version, requirement) => expect(satisfies(version, requirement)).toBe(false));
