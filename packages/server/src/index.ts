/** The server, as the CLI starts it. */

export { type RunningServe, type ServeOptions, ServeRefused } from "./compose/serve-options.ts";
export { serve } from "./compose.ts";
