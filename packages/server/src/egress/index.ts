/** The way out of sandboxes: names only, asked of an allow-list, dialled from outside. Imports `protocol` and nothing beside it. */
export { readPrivateRange } from "./addresses.ts";
export { openEgress } from "./egress.ts";
export { mappedHostText, readMappedHost } from "./mapped-hosts.ts";
export { sweepNamespaces } from "./namespace.ts";
export type { Egress, EgressOptions, Exit, Inherited, MappedHost, Report, Visitor } from "./ports.ts";
export { EgressRecords } from "./records.ts";
export { isAddressRule } from "./rules.ts";
