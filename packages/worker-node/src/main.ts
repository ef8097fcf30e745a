/** The worker's process: started by the sandbox driver, told by its environment where to connect. */
import { takeSettings } from "./settings.ts";
import { mapStacks } from "./stack.ts";
import { Worker } from "./worker.ts";

mapStacks();
await new Worker(takeSettings(process.env)).start();
