/** The gateway: HTTP on this side, runs on the other (`ports.ts`). */
export { createGateway, type Gateway } from "./gateway.ts";
export type * from "./ports.ts";
