/** What `serve` has remembered of the agent in a folder: the hosts that it reached. For `deploy`. */
import { readHosts } from "../control/hosts-seen.ts";
import { hostsFileOf } from "./folders.ts";

export const hostsSeenBy = (home: string, root: string): readonly string[] => readHosts(hostsFileOf(home, root)).sort();
