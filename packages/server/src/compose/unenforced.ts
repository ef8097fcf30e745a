/** Limits that a config asks for and that nothing enforces without a sandbox: said once, then only when they change. */
import type { AgentConfig } from "@runagent/protocol";

const LIMITS = ["memory", "cpu", "disk"] as const;

export function unenforcedLimits(): (config: AgentConfig) => readonly string[] {
  let said = "";
  return ({ resources }) => {
    const named = LIMITS.filter((name) => resources[name] !== null).map((name) => `resources.${name}`);
    const sentence = `Not enforced here, only in a sandbox: ${named.join(", ")}.`;
    if (named.length === 0 || sentence === said) return [];
    said = sentence;
    return [sentence];
  };
}
