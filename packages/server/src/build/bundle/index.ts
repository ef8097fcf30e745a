/** TypeScript and JavaScript agents, before they run: bundled, and their types read as schemas. */
export { type BundleResult, bundleAgent } from "./bundle-agent.ts";
export { bundleWorker } from "./bundle-worker.ts";
export { readSchemas, type Schemas } from "./read-schemas.ts";
