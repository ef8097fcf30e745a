import { expect, test } from "vitest";
import { adaptersTable } from "../adapters/table.ts";
import { Samples } from "../samples.ts";

function samplesOf(name: string, numbers: Readonly<Record<string, number>>): Samples {
  const samples = new Samples();
  for (const [quantity, value] of Object.entries(numbers)) samples.add(name, quantity, value);
  return samples;
}

const held = (numbers: Readonly<Record<string, number>>): boolean =>
  adaptersTable(samplesOf("one", numbers), ["one"]).endsWith("| yes |");

test("an adapter may add a millisecond or a twentieth of the run, whichever is more", () => {
  expect(held({ "run ms": 2, "added ms": 0.9 })).toBe(true);
  expect(held({ "run ms": 100, "added ms": 4.9 })).toBe(true);
  expect(held({ "run ms": 2, "added ms": 1.1 })).toBe(false);
});

test("twenty microseconds a chunk are the most, where text comes in pieces", () => {
  const run = { "run ms": 2, "added ms": 0.1, "chunk us": 10 };
  expect(held({ ...run, "added chunk us": 19 })).toBe(true);
  expect(held({ ...run, "added chunk us": 21 })).toBe(false);
});
