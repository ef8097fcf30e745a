/** Keys of files that older RunAgent versions wrote: accepted, said in a note, without effect. */

const legacy = <const T extends string>(type: T, example: unknown) =>
  ({
    type: [type, "null"],
    deprecated: true,
    description: "Of old files. Accepted, without effect.",
    examples: [example],
  }) as const;

export const LEGACY_PROPERTIES = {
  agent_id: legacy("string", "00000000-0000-0000-0000-000000000000"),
  template: legacy("string", "default"),
  template_source: legacy("object", { repo_url: "https://example.com/templates.git", author: "me", path: "default" }),
  created_at: legacy("string", "2026-01-01T00:00:00Z"),
  auth_settings: legacy("object", { type: "none" }),
  metadata: legacy("object", { runtime: "gateway" }),
} as const;

export const LEGACY_KEYS: readonly string[] = Object.keys(LEGACY_PROPERTIES);
