/** The engines. Today: memory, for `runagent serve`. */
export { createMemoryStore } from "./memory-store.ts";
