/** The engines: memory, for `runagent serve`; SQLite, for `runagent server`. */
export { createMemoryStore } from "./memory-store.ts";
export { openSqliteStore } from "./sqlite/sqlite-store.ts";
