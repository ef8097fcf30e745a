/**
 * Which addresses of the outside may be dialled. `never`: this machine, its link, its cloud, and every form that hides an
 * IPv4 address in an IPv6 one. `private`: only within what the operator allowed. Of IPv6 only what is routed globally.
 */
import { BlockList, isIP } from "node:net";
import { RunAgentError } from "@runagent/protocol";

export type AddressKind = "public" | "private" | "never";

/** Sources: RFC 6890, RFC 6598, RFC 4193, RFC 6052, RFC 3056; the metadata services of clouds. */
const NEVER = blockList([
  ...["0.0.0.0/8", "127.0.0.0/8", "169.254.0.0/16", "198.18.0.0/15", "224.0.0.0/4", "240.0.0.0/4"],
  ...["100.100.100.200/32", "168.63.129.16/32", "192.0.0.0/24"],
  ...["fd00:ec2::/32", "fd20:ce::/32", "2001::/32", "2002::/16"],
]);
const PRIVATE = blockList([
  ...["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "192.88.99.0/24"],
  ...["192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "fc00::/7", "2001:db8::/32", "2001:10::/28", "2001:20::/28"],
]);
const GLOBAL_V6 = blockList(["2000::/3"]);

export function kindOf(address: string): AddressKind {
  const family = familyOf(address);
  if (family === null || address.includes("%") || NEVER.check(address, family)) return "never";
  if (PRIVATE.check(address, family)) return "private";
  return family === "ipv4" || GLOBAL_V6.check(address, family) ? "public" : "never";
}

/** Whether an address may be dialled, given the private ranges (CIDR) that the operator allowed. */
export function diallable(privateRanges: readonly string[]): (address: string) => boolean {
  const allowed = blockList(privateRanges);
  return (address) => {
    const kind = kindOf(address);
    return kind === "public" || (kind === "private" && allowed.check(address, familyOf(address) ?? "ipv4"));
  };
}

/**
 * `--egress-private CIDR`, as the operator wrote it. What may never be dialled stays so, whatever the range. Throws
 * INVALID_REQUEST.
 */
export function readPrivateRange(text: string): string {
  const [, address = "", bits = ""] = /^([^/\s]+)\/(\d{1,3})$/.exec(text) ?? [];
  const family = familyOf(address);
  const most = family === "ipv4" ? 32 : 128;
  if (family !== null && Number(bits) <= most && kindOf(address) === "private") return text;
  const hint =
    "For example 10.0.0.0/8 or fd12:3456::/32; loopback, link-local and metadata addresses are never reached.";
  throw new RunAgentError("INVALID_REQUEST", `--egress-private ${text} is not a range of private addresses.`, { hint });
}

function blockList(ranges: readonly string[]): BlockList {
  const list = new BlockList();
  for (const range of ranges) {
    const [address = "", bits = ""] = range.split("/");
    list.addSubnet(address, Number(bits), familyOf(address) ?? "ipv4");
  }
  return list;
}

function familyOf(address: string): "ipv4" | "ipv6" | null {
  const family = isIP(address);
  return family === 0 ? null : family === 4 ? "ipv4" : "ipv6";
}
