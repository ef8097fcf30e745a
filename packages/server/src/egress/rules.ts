/** The allow-list of one version: which names an agent may ask for, and at which ports. Names are compared in ASCII and in lower case. */
import { isIP } from "node:net";
import { domainToASCII } from "node:url";

export interface Rules {
  /** Names that stand in the list as they are; their place decides their address. */
  readonly names: readonly string[];
  /** Whether the name may be asked for at all. */
  knows(name: string): boolean;
  allows(name: string, port: number): boolean;
}

const USUAL_PORTS = [80, 443];
const RULE = /^(?<host>.+?)(?::(?<port>\d+))?$/;

/** The rules were checked with the config. An address is no name: it cannot be asked for, so it is left out. */
export function readRules(rules: readonly string[]): Rules {
  const exact = new Map<string, Set<number>>();
  const below = new Map<string, Set<number>>();
  for (const rule of rules) {
    if (isAddressRule(rule)) continue;
    const { host = "", port } = RULE.exec(rule)?.groups ?? {};
    const wild = host.startsWith("*.");
    const name = plainName(wild ? host.slice(2) : host);
    const ports = (wild ? below : exact).get(name) ?? new Set();
    for (const one of port === undefined ? USUAL_PORTS : [Number(port)]) ports.add(one);
    (wild ? below : exact).set(name, ports);
  }
  const sets = (name: string): Set<number>[] =>
    [exact.get(name) ?? [], ...parents(name).map((one) => below.get(one) ?? [])].filter((one) => one instanceof Set);
  return {
    names: [...exact.keys()],
    knows: (name) => sets(name).length > 0,
    allows: (name, port) => sets(name).some((ports) => ports.has(port)),
  };
}

/** `*.example.com` is below `example.com`, at any depth; not `example.com` itself. */
function parents(name: string): string[] {
  const labels = name.split(".");
  return labels.slice(1).map((_, i) => labels.slice(i + 1).join("."));
}

export const plainName = (name: string): string => (domainToASCII(name) || name).toLowerCase().replace(/\.$/, "");

/** `[2001:db8::1]:443`, `192.0.2.1`. */
export function isAddressRule(rule: string): boolean {
  const { host = "" } = RULE.exec(rule)?.groups ?? {};
  return rule.startsWith("[") || isIP(host) !== 0;
}
