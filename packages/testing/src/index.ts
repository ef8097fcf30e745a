export { attributesOf, type CollectedSpan, type Collector, startCollector } from "./collector.ts";
/** What tests share: a stub model server, clients that misbehave, folders, ports, processes. Never part of what ships. */
export { eventually } from "./eventually.ts";
export { freePort } from "./free-port.ts";
export { isAlive, type StartedProcess, startProcess } from "./process.ts";
export { openRaw, type RawClient } from "./raw-client.ts";
export { type Answer, type Asked, event, json, type ScriptedServer, scriptedServer, sse } from "./scripted-server.ts";
export { type StubModel, type StubRequest, type StubTurn, startStubModel } from "./stub-model/server.ts";
export { type TemporaryFolder, tempFolder } from "./temp-folder.ts";
