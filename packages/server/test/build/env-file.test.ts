// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the placeholders of .env files
import { expect, test } from "vitest";
import { parseEnvFile } from "../../src/build/env-file.ts";

const values = (text: string) => parseEnvFile(text, (name) => ({ HOME: "/home/me" })[name]).values;

test("a .env file is read as dotenv writes it", () => {
  const text = [
    "\uFEFF# comment",
    "PLAIN=a b  # comment",
    "export EXPORTED = yes",
    'DOUBLE="a\\n#b" # comment',
    "SINGLE='a\\n${HOME}'",
    'LINES="one',
    'two"',
    "EMPTY=",
    "HASH=a#b",
    "URL=https://x.com/?a=1&b=2",
  ].join("\r\n");
  expect(values(text)).toEqual({
    PLAIN: "a b",
    EXPORTED: "yes",
    DOUBLE: "a\n#b",
    SINGLE: "a\\n${HOME}",
    LINES: "one\ntwo",
    EMPTY: "",
    HASH: "a#b",
    URL: "https://x.com/?a=1&b=2",
  });
});

test("placeholders come from lines above or from the environment, and are empty otherwise", () => {
  expect(values("A=1\nB=${A}/${HOME}/${NONE}/${NONE:-d}")).toEqual({ A: "1", B: "1//home/me//d" });
});

test("a line that is no variable is named without what may be a secret", () => {
  expect(parseEnvFile("A=1\n\nTOKEN sk-123\n", () => undefined).problems).toEqual([
    { line: 3, found: '"TOKEN" without "="' },
  ]);
});
