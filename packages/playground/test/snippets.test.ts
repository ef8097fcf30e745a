/** Every copied call is run as it stands, with an input that breaks what quotes badly. */
import { execFile } from "node:child_process";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { tempFolder } from "@runagent/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import { curl, python, type SnippetCall, typescript } from "../src/copy/snippets.ts";
import { type Served, serve } from "./served.ts";

const exec = promisify(execFile);
const HOSTILE = 'it\'s "quoted" $HOME `id` \\ \n line ’ 😀 </script> $(id) %s';

/** The two words of `requests` that the snippet uses, over the standard library: the package is not installed here. */
const REQUESTS = `
import json, urllib.request

class Response:
    def __init__(self, raw):
        self.raw = raw
    def raise_for_status(self):
        assert self.raw.status == 200
    def json(self):
        return json.load(self.raw)
    def iter_lines(self):
        return (line.rstrip(b"\\n") for line in self.raw)

def post(url, data, headers, stream=False):
    return Response(urllib.request.urlopen(urllib.request.Request(url, data=data, headers=headers)))
`;

let served: Served;
beforeAll(async () => {
  served = await serve();
});
afterAll(() => served?.close());

const call = (tag: string, streams: boolean, input: unknown): SnippetCall => ({
  url: served.url,
  agent: "playground-test",
  ...{ tag, streams, session: "s-1", user: null, input: JSON.stringify(input) },
});

const order = (): SnippetCall =>
  call("order", false, {
    ...{ name: HOSTILE, amount: 1, price: 2.5, express: true, size: "small", tags: [HOSTILE] },
    address: { street: HOSTILE },
  });
const GOT = { got: { name: HOSTILE, tags: [HOSTILE], address: { street: HOSTILE } } };

test("curl", async () => {
  const { stdout } = await exec("bash", ["-c", `${curl(order())}`.replace("curl ", "curl -sS ")]);
  expect(JSON.parse(stdout)).toMatchObject(GOT);
  const streamed = await exec("bash", ["-c", curl(call("many", true, { n: 2 })).replace("curl ", "curl -sS ")]);
  expect(streamed.stdout).toContain("event: result");
});

test("Python", async () => {
  await using folder = await tempFolder({
    "requests.py": REQUESTS,
    "one.py": python(order()).replace("print(response.json())", "import json; print(json.dumps(response.json()))"),
    "two.py": python(call("many", true, { n: 2 })),
  });
  const one = await exec("python3", [join(folder.path, "one.py")]);
  expect(JSON.parse(one.stdout)).toMatchObject(GOT);
  const two = await exec("python3", [join(folder.path, "two.py")]);
  expect(two.stdout).toContain("event: result");
});

test("TypeScript", async () => {
  // Inside the repository, where the SDK is found by its name.
  const run = async (code: string): Promise<string> => {
    const argv = ["--input-type=module-typescript", "--eval", code];
    return (await exec(process.execPath, argv, { cwd: resolve(import.meta.dirname, "..") })).stdout;
  };
  const one = await run(
    typescript(order()).replace("console.log(await", "console.log(JSON.stringify(await").replace("));\n", ")));\n"),
  );
  expect(JSON.parse(one)).toMatchObject(GOT);
  expect(await run(typescript(call("many", true, { n: 2 })))).toContain("result { output: null }");
});
