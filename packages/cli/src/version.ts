/** The version of this package, and so of everything that is packed with it. */
import manifest from "../package.json" with { type: "json" };

export const VERSION: string = manifest.version;
