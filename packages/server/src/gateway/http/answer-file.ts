/** Answers with a file that lies in memory: compressed if the caller can read that, not at all if it has it already. */
import { RunAgentError } from "@runagent/protocol";
import type { Exchange } from "../exchange.ts";
import type { PageFile } from "../ports.ts";
import type { Headers } from "./answer.ts";
import { addCommon } from "./common-headers.ts";

export function answerFile(exchange: Exchange, file: PageFile | null, headers: Headers): void {
  if (file === null) throw new RunAgentError("NOT_FOUND", `There is nothing at ${exchange.path}.`);
  if (exchange.over) return;
  const zipped = takesGzip(exchange.header("accept-encoding") ?? "");
  const etag = `"${file.etag}${zipped ? "-gzip" : ""}"`;
  const all = ["ETag", etag, "Vary", "Accept-Encoding", ...headers];
  addCommon(all, exchange);
  if (has(exchange.header("if-none-match") ?? "", etag)) return void exchange.res.writeHead(304, all).end();
  const body = zipped ? file.gzip : file.body;
  all.push("Content-Type", file.type, "Content-Length", String(body.byteLength));
  if (zipped) all.push("Content-Encoding", "gzip");
  exchange.res.writeHead(200, all).end(body);
}

const takesGzip = (accepted: string): boolean =>
  /(^|[\s,])(gzip|\*)\s*(;\s*q=(?!0(\.0*)?\s*(,|$))[^,]*)?(,|$)/i.test(accepted);

const has = (seen: string, etag: string): boolean =>
  seen.split(",").some((one) => one.trim().replace(/^W\//, "") === etag || one.trim() === "*");
