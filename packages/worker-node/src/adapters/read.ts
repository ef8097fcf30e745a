/** Looking at objects of frameworks whose types we do not have. */

/** A member; `undefined` of what is no object. */
export function read(value: unknown, name: PropertyKey): unknown {
  return (typeof value === "object" && value !== null) || typeof value === "function"
    ? Reflect.get(value, name)
    : undefined;
}

export const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

export const isObject = (value: unknown): value is object => typeof value === "object" && value !== null;

/** Whether all of these are methods of it. */
export const hasMethods = (value: unknown, ...names: readonly string[]): value is object =>
  isObject(value) && names.every((name) => typeof read(value, name) === "function");

/** Calls a method of an object. Throws TypeError when there is none. */
export function invoke(object: unknown, method: string, ...args: readonly unknown[]): unknown {
  const found = read(object, method);
  if (typeof found !== "function") throw new TypeError(`the object has no method "${method}"`);
  return Reflect.apply(found, object, args);
}

/** The names of its class and of those that it extends. */
export function classNames(value: unknown): readonly string[] {
  const names: string[] = [];
  for (let at: unknown = isObject(value) ? Object.getPrototypeOf(value) : null; isObject(at); ) {
    names.push(String(read(read(at, "constructor"), "name")));
    at = Object.getPrototypeOf(at);
  }
  return names;
}
