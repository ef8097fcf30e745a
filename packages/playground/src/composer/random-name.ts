/** A name that nobody has used. `crypto.randomUUID` is not there on plain http to another host. */
export function randomName(prefix: string): string {
  const random = crypto.getRandomValues(new Uint32Array(3));
  return `${prefix}-${Array.from(random, (one) => one.toString(36)).join("")}`;
}

/** Of a conversation. */
export const newSession = (): string => randomName("s");
