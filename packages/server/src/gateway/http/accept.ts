/** Which form of the answer the caller wants. At equal `q`: SSE, then NDJSON, then JSON. Source: RFC 9110, 12.5.1. */
export type Form = "json" | "sse" | "ndjson";

export function formOf(accept: string | undefined): Form {
  if (accept === undefined || !/event-stream|ndjson/i.test(accept)) return "json";
  const q: Record<Form, number> = { json: 0, sse: 0, ndjson: 0 };
  for (const range of accept.toLowerCase().split(",")) {
    const [type = "", ...params] = range.split(";").map((piece) => piece.trim());
    const form = FORMS[type];
    if (form !== undefined) q[form] = Math.max(q[form], weight(params));
  }
  if (q.sse > 0 && q.sse >= q.ndjson && q.sse >= q.json) return "sse";
  return q.ndjson > 0 && q.ndjson >= q.json ? "ndjson" : "json";
}

const FORMS: Readonly<Record<string, Form>> = {
  "text/event-stream": "sse",
  "application/x-ndjson": "ndjson",
  "application/ndjson": "ndjson",
  "application/json": "json",
  "application/*": "json",
  "*/*": "json",
};

function weight(params: readonly string[]): number {
  const q = Number(params.find((param) => param.startsWith("q="))?.slice(2) ?? 1);
  return Number.isNaN(q) ? 1 : q;
}
