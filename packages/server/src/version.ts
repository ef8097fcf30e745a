import about from "../package.json" with { type: "json" };

/** Of this server, as `/v1/info` says it. */
export const VERSION: string = about.version;
