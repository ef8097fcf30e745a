/** A name for a conversation that nobody has used. `crypto.randomUUID` is not there on plain http to another host. */
export function newSession(): string {
  const random = crypto.getRandomValues(new Uint32Array(2));
  return `s-${Array.from(random, (one) => one.toString(36)).join("")}`;
}
