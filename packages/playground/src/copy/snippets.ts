/** A call as code that can be pasted and run: every text is quoted for where it goes, the input is sent as it stands. */
export interface SnippetCall {
  readonly url: string;
  readonly agent: string;
  readonly tag: string;
  /** JSON text. */
  readonly input: string;
  readonly session: string | null;
  readonly user: string | null;
  readonly streams: boolean;
}

export const SNIPPETS = [
  { name: "curl", of: curl },
  { name: "TypeScript", of: typescript },
  { name: "Python", of: python },
] as const;

export function curl(call: SnippetCall): string {
  const headers = [["Content-Type", "application/json"], ...headersOf(call)];
  const lines = [
    `curl${call.streams ? " -N" : ""} ${shell(addressOf(call))}`,
    ...headers.map(([name, value]) => `  -H ${shell(`${name}: ${value}`)}`),
    `  --data-binary ${shell(call.input)}`,
  ];
  return `${lines.join(" \\\n")}\n`;
}

export function typescript(call: SnippetCall): string {
  const { agent, tag, session, user, url, input, streams } = call;
  const options = { tag, ...(session === null ? {} : { session }), ...(user === null ? {} : { user }) };
  const args = `new RawJson(${script(input)}), ${script(options)}`;
  const use = streams
    ? `for await (const event of agent.stream(${args})) {\n  console.log(event.type, event.data);\n}`
    : `console.log(await agent.run(${args}));`;
  return `import { RawJson, RunAgent } from "@runagent/sdk";

const agent = new RunAgent({ url: ${script(url)} }).agent(${script(agent)});
${use}
`;
}

export function python(call: SnippetCall): string {
  const headers = Object.fromEntries([["Content-Type", "application/json"], ...headersOf(call)]);
  const rows = Object.entries(headers).map(([name, value]) => `    ${pythonText(name)}: ${pythonText(value)},\n`);
  const send = `requests.post(
    ${pythonText(addressOf(call))},
    data=${pythonText(call.input)}.encode(),
    headers=headers,${call.streams ? "\n    stream=True," : ""}
)`;
  const use = call.streams ? `for line in response.iter_lines():\n    print(line.decode())` : "print(response.json())";
  return `import requests

headers = {
${rows.join("")}}
response = ${send}
response.raise_for_status()
${use}
`;
}

const addressOf = ({ url, agent, tag }: SnippetCall): string =>
  `${url}/v1/run/${encodeURIComponent(agent)}/${encodeURIComponent(tag)}`;

function headersOf({ session, user, streams }: SnippetCall): [string, string][] {
  return [
    ...(streams ? [["Accept", "text/event-stream"] as [string, string]] : []),
    ...(session === null ? [] : [["RunAgent-Session", session] as [string, string]]),
    ...(user === null ? [] : [["RunAgent-User", user] as [string, string]]),
  ];
}

/** Between single quotes a POSIX shell reads nothing. */
const shell = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

/** JSON is JavaScript. */
const script = (value: unknown): string => JSON.stringify(value);

/** JSON's escapes are Python's; what `JSON.stringify` leaves unescaped, Python takes as it is. */
const pythonText = (text: string): string => JSON.stringify(text);
