/** `--map-host NAME[:PORT]=ADDR:PORT`: where a name leads, decided by the operator. The only way to a loopback address. */
import { isIP } from "node:net";
import { RunAgentError } from "@runagent/protocol";
import { plainName } from "./rules.ts";

export interface MappedHost {
  readonly name: string;
  /** Null: every port. */
  readonly port: number | null;
  readonly address: string;
  readonly toPort: number;
}

const SYNTAX = /^(?<name>[^:=\s]+)(?::(?<port>\d{1,5}))?=(?<address>\[[^\]]+\]|[^:\s]+):(?<toPort>\d{1,5})$/;

/** Throws INVALID_REQUEST. */
export function readMappedHost(text: string): MappedHost {
  const { name = "", port, address = "", toPort = "" } = SYNTAX.exec(text)?.groups ?? {};
  const bare = address.replace(/^\[|\]$/g, "");
  const ports = [toPort, port ?? "1"].map(Number);
  if (name === "" || isIP(bare) === 0 || ports.some((one) => !(one >= 1 && one <= 65_535))) {
    const hint = "For example api.openai.com:443=127.0.0.1:8443";
    throw new RunAgentError("INVALID_REQUEST", `--map-host ${text} is not NAME[:PORT]=ADDRESS:PORT.`, { hint });
  }
  return {
    name: plainName(name),
    port: port === undefined ? null : Number(port),
    address: bare,
    toPort: Number(toPort),
  };
}

/** As it was written. */
export function mappedHostText({ name, port, address, toPort }: MappedHost): string {
  const target = isIP(address) === 6 ? `[${address}]` : address;
  return `${name}${port === null ? "" : `:${port}`}=${target}:${toPort}`;
}
