/** The playground: its files, and the stream that tells it of loads. Its policy lets it load and call nothing but us. */
import type { Exchange } from "../exchange.ts";
import { answerFile } from "../http/answer-file.ts";
import { StateStream } from "../stream/state-stream.ts";

export async function home(exchange: Exchange): Promise<void> {
  answerFile(exchange, await exchange.context.ports.page.file(INDEX), PAGE);
}

const INDEX = "index.html";

/** Their names change with their content; the page itself has no such name and only one address. */
export async function pageFile(exchange: Exchange): Promise<void> {
  const name = exchange.param("file");
  answerFile(exchange, name === INDEX ? null : await exchange.context.ports.page.file(name), FOR_EVER);
}

export function pageState(exchange: Exchange): void {
  exchange.context.readers.checkRoom();
  new StateStream(exchange).open();
}

const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  "img-src 'self' data:",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
].join("; ");

const SAFE = ["X-Content-Type-Options", "nosniff", "Referrer-Policy", "no-referrer"];
const PAGE = ["Content-Security-Policy", POLICY, "Cache-Control", "no-cache", ...SAFE];
const FOR_EVER = ["Cache-Control", "public, max-age=31536000, immutable", ...SAFE];
