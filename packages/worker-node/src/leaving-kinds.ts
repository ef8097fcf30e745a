/**
 * What an object is, for leaving: a list, pairs, text, something that says itself how it is written, data with members
 * (own ones, and the getters of its class), or nothing that JSON can hold. Recognised by what it is, never by a library
 * that we would have to import.
 */
import { types } from "node:util";

export type Kind =
  | { readonly kind: "list"; readonly items: Iterable<unknown> }
  | { readonly kind: "pairs"; readonly map: ReadonlyMap<unknown, unknown> }
  | { readonly kind: "value"; readonly value: unknown }
  | { readonly kind: "date"; readonly date: Date }
  | { readonly kind: "replaced"; readonly value: (key: string) => unknown }
  | { readonly kind: "members"; readonly members: readonly (readonly [string, () => unknown])[] }
  | { readonly kind: "refused"; readonly what: string };

export function kindOf(value: object): Kind {
  if (Array.isArray(value)) return { kind: "list", items: value };
  if (types.isMap(value)) return { kind: "pairs", map: value };
  if (types.isSet(value)) return { kind: "list", items: value };
  if (types.isDate(value)) return { kind: "date", date: value };
  if (types.isBoxedPrimitive(value)) return { kind: "replaced", value: () => value.valueOf() };
  const bytes = bytesOf(value);
  if (bytes !== null) return { kind: "value", value: bytes.toString("base64") };
  if (types.isTypedArray(value)) return { kind: "list", items: value };
  const message = langChainMessage(value);
  if (message !== null) return { kind: "replaced", value: () => message };
  const toJson: unknown = Reflect.get(value, "toJSON");
  if (typeof toJson === "function") return { kind: "replaced", value: (key) => Reflect.apply(toJson, value, [key]) };
  return withoutToJson(value);
}

function withoutToJson(value: object): Kind {
  const refused = refusal(value);
  if (refused !== null) return { kind: "refused", what: refused };
  const members = [...ownMembers(value), ...classGetters(value)];
  if (members.length === 0 && !isRecord(value)) return { kind: "refused", what: `an object of ${className(value)}` };
  return { kind: "members", members };
}

/** Bytes leave as base64; arrays of other numbers as lists. */
function bytesOf(value: object): Buffer | null {
  if (types.isUint8Array(value) || types.isUint8ClampedArray(value) || value instanceof DataView) {
    return Buffer.from(value.buffer, value.byteOffset, value.byteLength);
  }
  return types.isAnyArrayBuffer(value) ? Buffer.from(value) : null;
}

function refusal(value: object): string | null {
  if (types.isPromise(value) || typeof Reflect.get(value, "then") === "function") return "a promise (await it)";
  if (types.isNativeError(value)) return `an error (${className(value)})`;
  if (types.isRegExp(value)) return "a regular expression";
  if (types.isProxy(value) && types.isModuleNamespaceObject(value)) return "a module";
  if (types.isWeakMap(value) || types.isWeakSet(value)) return `a ${className(value)}`;
  if (isStream(value)) return "a stream or iterator";
  return null;
}

function isStream(value: object): boolean {
  if (Symbol.asyncIterator in value) return true;
  return Symbol.iterator in value && typeof Reflect.get(value, "next") === "function";
}

function ownMembers(value: object): [string, () => unknown][] {
  return Object.keys(value).map((name) => [name, () => Reflect.get(value, name)]);
}

/** `get total()` of a class is data as its fields are. */
function classGetters(value: object): [string, () => unknown][] {
  const getters = new Map<string, () => unknown>();
  let prototype: unknown = Object.getPrototypeOf(value);
  while (typeof prototype === "object" && prototype !== null && !isRoot(prototype)) {
    for (const [name, property] of Object.entries(Object.getOwnPropertyDescriptors(prototype))) {
      if (property.get !== undefined && name !== "__proto__" && !Object.hasOwn(value, name) && !getters.has(name)) {
        getters.set(name, () => Reflect.get(value, name));
      }
    }
    prototype = Object.getPrototypeOf(prototype);
  }
  return [...getters];
}

/** `Object.prototype`, of this realm or another. */
function isRoot(prototype: object): boolean {
  return Object.getPrototypeOf(prototype) === null && Object.hasOwn(prototype, "hasOwnProperty");
}

function isRecord(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || (typeof prototype === "object" && isRoot(prototype));
}

function className(value: object): string {
  const maker: unknown = Reflect.get(value, "constructor");
  return typeof maker === "function" && maker.name !== "" ? maker.name : "an unnamed class";
}

const MESSAGE_MEMBERS = [
  "content",
  "additional_kwargs",
  "response_metadata",
  "name",
  "id",
  "tool_calls",
  "invalid_tool_calls",
  "usage_metadata",
  "tool_call_id",
  "artifact",
  "status",
];

/** A LangChain message leaves as in Python: its members and `type`, not the constructor form of its own toJSON. */
function langChainMessage(value: object): Record<string, unknown> | null {
  const getType: unknown = Reflect.get(value, "_getType") ?? Reflect.get(value, "getType");
  if (typeof getType !== "function" || !("lc_serializable" in value) || !("content" in value)) return null;
  const message: Record<string, unknown> = { type: Reflect.apply(getType, value, []) };
  for (const name of MESSAGE_MEMBERS) {
    const member: unknown = Reflect.get(value, name);
    if (member !== undefined) message[name] = member;
  }
  return message;
}
