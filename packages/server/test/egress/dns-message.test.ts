/** DNS on the wire: questions that are read, bytes that are none. */
import { expect, test } from "vitest";
import { readQuestion, writeAnswer } from "../../src/egress/daemon/dns-message.ts";

function query(labels: readonly (string | Buffer)[], { type = 1, flags = 0x0100, questions = 1 } = {}): Buffer {
  const header = Buffer.alloc(12);
  for (const [i, value] of [7, flags, questions].entries()) header.writeUInt16BE(value, i * 2);
  const name = labels.map((label) => Buffer.concat([Buffer.from([label.length]), Buffer.from(label)]));
  return Buffer.concat([header, ...name, Buffer.from([0, type >> 8, type & 255, 0, 1])]);
}

test("a question is read in lower case and answered with its own bytes and one address", () => {
  const asked = query(["API", "Example", "com"]);
  const question = readQuestion(asked);
  expect(question).toMatchObject({ name: "api.example.com", type: 1 });
  if (question === null) throw new Error("not read");
  const answer = writeAnswer(question, "ok", "198.18.1.7");
  expect(answer.subarray(12, asked.length)).toEqual(asked.subarray(12));
  expect([...answer.subarray(-4)]).toEqual([198, 18, 1, 7]);
  expect(answer.readUInt16BE(0)).toBe(7);
  expect(answer.readUInt16BE(6)).toBe(1);
  expect(writeAnswer(question, "noName").readUInt16BE(2) & 15).toBe(3);
});

test("bytes that are no letters are written so that they mean nothing, in a name and in a log", () => {
  expect(readQuestion(query([Buffer.from("a.b\x1b[31m"), "com"]))?.name).toBe("a\\046b\\027\\09131m.com");
});

test.each([
  ["nothing", Buffer.alloc(0)],
  ["a header alone", query([]).subarray(0, 12)],
  ["an answer", query(["a"], { flags: 0x8100 })],
  ["an update", query(["a"], { flags: 0x2800 })],
  ["two questions", query(["a"], { questions: 2 })],
  ["a cut name", query(["example"]).subarray(0, 16)],
  ["a pointer", Buffer.concat([query([]).subarray(0, 12), Buffer.from([0xc0, 12, 0, 1, 0, 1])])],
  ["a name that is too long", query(Array.from({ length: 6 }, () => "a".repeat(60)))],
])("%s is no question", (_, bytes) => {
  expect(readQuestion(bytes)).toBeNull();
});
