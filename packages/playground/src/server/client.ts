/** The server that this page came from. */
import { RunAgent } from "@runagent/sdk";

/** Where the page lies, so that a prefix of a proxy stays. */
export const SERVER_URL = new URL(".", location.href).href.replace(/\/$/, "");

export const client = new RunAgent({ url: SERVER_URL });
