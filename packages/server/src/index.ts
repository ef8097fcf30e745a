/** The server, as the CLI starts it. */
export { serve } from "./compose.ts";
export { type RunningServe, type ServeOptions, ServeRefused } from "./compose/serve-options.ts";
