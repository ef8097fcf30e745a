/**
 * Rules of `network.egress`: `host`, `host:port`, `*.host`. `*` alone is refused, and so is an address of this machine, of
 * its link or of a cloud's metadata service, however it is spelled.
 */

const RULE = /^(?<host>\[[0-9A-Fa-f:.%]+\]|[^:\s[\]]+)(?::(?<port>\d{1,5}))?$/;
const HOST =
  /^(\*\.)?([\p{L}\p{N}_]([\p{L}\p{N}_-]*[\p{L}\p{N}_])?\.)*[\p{L}\p{N}_]([\p{L}\p{N}_-]*[\p{L}\p{N}_])?\.?$/u;
const METADATA_NAMES = ["metadata", "metadata.google.internal", "instance-data", "instance-data.ec2.internal"];
const METADATA_ADDRESSES = ["100.100.100.200", "192.0.0.192", "168.63.129.16"];
const MAX_PORT = 65_535;

/** What is wrong with a rule, as advice; undefined when nothing is. */
export function egressProblem(rule: string): string | undefined {
  if (/^\*+(\.\*)*(:\d+)?$/.test(rule)) return "Name the hosts: everything at once cannot be allowed.";
  if (rule.includes("://") || rule.includes("/")) return "Write only the host, without scheme and path.";
  const { host, port } = RULE.exec(rule)?.groups ?? {};
  if (host === undefined) return "Write a host name, with a port behind a colon if need be.";
  if (port !== undefined && (Number(port) < 1 || Number(port) > MAX_PORT)) return "A port is between 1 and 65535.";
  if (forbidden(host.toLowerCase()))
    return "Addresses of the machine itself, its link and its cloud cannot be allowed.";
  if (!host.startsWith("[") && !HOST.test(host)) return "`*` stands only at the start: `*.example.com`.";
  return undefined;
}

function forbidden(host: string): boolean {
  const bare = host.replace(/^\*\./, "").replace(/\.$/, "");
  if (bare === "localhost" || bare.endsWith(".localhost") || METADATA_NAMES.includes(bare)) return true;
  const address = spelledOut(bare);
  if (address === undefined) return false;
  if (address.includes(":")) return forbiddenV6(address);
  return forbiddenV4(address);
}

const forbiddenV4 = (address: string): boolean =>
  /^(0|127)\./.test(address) || address.startsWith("169.254.") || METADATA_ADDRESSES.includes(address);

function forbiddenV6(address: string): boolean {
  if (address === "::" || address === "::1" || /^fe[89ab]/.test(address)) return true;
  if (address.startsWith("fd00:ec2:") || address.startsWith("fd20:ce")) return true;
  const mapped = /^(?:::ffff:|64:ff9b::|::)([0-9a-f]{1,4}):([0-9a-f]{1,4})$/.exec(address);
  if (mapped?.[1] === undefined || mapped[2] === undefined) return false;
  const [high, low] = [Number.parseInt(mapped[1], 16), Number.parseInt(mapped[2], 16)];
  return forbiddenV4([high >> 8, high & 255, low >> 8, low & 255].join("."));
}

/** An address in its plain spelling (`127.1` and `0x7f000001` are `127.0.0.1`); undefined for names. */
function spelledOut(host: string): string | undefined {
  const literal = host.replace(/%.*(?=\])/, "");
  if (!literal.startsWith("[") && !/^(0x[0-9a-f]+|\d+)(\.(0x[0-9a-f]+|\d+))*$/.test(literal)) return undefined;
  const url = `http://${literal}/`;
  if (!URL.canParse(url)) return undefined;
  return new URL(url).hostname.replace(/^\[|\]$/g, "");
}
