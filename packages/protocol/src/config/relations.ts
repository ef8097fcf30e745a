/** What no schema can say: how parts of a config fit each other. Looks only at what is there and of the right kind. */
import { isObject } from "./check.ts";
import { closest } from "./closest.ts";
import { child } from "./document.ts";
import { LANGUAGES, languageOf } from "./language.ts";
import { tags } from "./names.ts";
import { type Findings, said } from "./problems.ts";

const ENTRYPOINTS = "/agent_architecture/entrypoints";

interface Seen {
  readonly pointer: string;
  readonly tag: string | undefined;
  readonly file: string | undefined;
  readonly module: string;
}

export function checkRelations(value: unknown, findings: Findings): void {
  if (!isObject(value)) return;
  const seen = entrypointsOf(value);
  checkTags(seen, findings);
  checkLanguages(seen, findings);
  checkNamedTags(value, seen, findings);
  checkInstances(value, findings);
  checkSchedules(value, findings);
}

function entrypointsOf(value: Readonly<Record<string, unknown>>): Seen[] {
  const architecture = value.agent_architecture;
  const items = isObject(architecture) && Array.isArray(architecture.entrypoints) ? architecture.entrypoints : [];
  return items.flatMap((item: unknown, i) => {
    if (!isObject(item) || item.webhook_url !== undefined) return [];
    return [
      {
        pointer: `${ENTRYPOINTS}/${i}`,
        tag: textOf(item.tag),
        file: textOf(item.file),
        module: textOf(item.module) ?? "",
      },
    ];
  });
}

const textOf = (value: unknown): string | undefined => (typeof value === "string" ? value : undefined);

function checkTags(seen: readonly Seen[], findings: Findings): void {
  const first = new Map<string, number>();
  seen.forEach(({ tag, pointer }, i) => {
    if (tag === undefined) return;
    const before = first.get(tag);
    if (before === undefined) first.set(tag, i);
    else {
      findings.add({
        pointer: child(pointer, "tag"),
        found: `${said(tag)} again`,
        expected: "a tag that no other entrypoint has",
        suggestion: `Rename it, or leave \`tag\` out; entrypoint ${before + 1} has this one.`,
      });
    }
  });
}

function checkLanguages(seen: readonly Seen[], findings: Findings): void {
  let first: string | undefined;
  for (const { file, pointer } of seen) {
    if (file === undefined) continue;
    const language = languageOf(file);
    first ??= language;
    const at = child(pointer, "file");
    if (language === undefined) {
      findings.add({ pointer: at, found: said(file), expected: `a source file: ${LANGUAGES.join(", ")}` });
    } else if (language !== first) {
      const expected = `a ${first === "python" ? "Python" : "TypeScript or JavaScript"} file, as the entrypoint before`;
      const suggestion = "One agent is written in one language: make two folders of it.";
      findings.add({ pointer: at, found: said(file), expected, suggestion });
    }
  }
}

function checkNamedTags(value: Readonly<Record<string, unknown>>, seen: readonly Seen[], findings: Findings): void {
  const known = tags(seen.map(({ tag, module }) => (tag === undefined ? { module } : { tag, module })));
  const schedules = Array.isArray(value.schedules) ? value.schedules : [];
  const named: [string, unknown][] = [
    ["/healthcheck", value.healthcheck],
    ...schedules.map((one: unknown, i): [string, unknown] => [
      `/schedules/${i}/tag`,
      isObject(one) ? one.tag : undefined,
    ]),
  ];
  for (const [pointer, tag] of named) {
    if (typeof tag !== "string" || known.includes(tag)) continue;
    const meant = closest(tag, known);
    const suggestion = meant === undefined ? null : `Did you mean ${JSON.stringify(meant)}?`;
    findings.add({ pointer, found: said(tag), expected: `the tag of an entrypoint: ${known.join(", ")}`, suggestion });
  }
}

function checkInstances(value: Readonly<Record<string, unknown>>, findings: Findings): void {
  const { min_instances: min, max_instances: max } = isObject(value.resources) ? value.resources : {};
  if (typeof min !== "number" || typeof max !== "number" || min <= max) return;
  findings.add({
    pointer: "/resources/max_instances",
    found: said(max),
    expected: `at least \`min_instances\`, which is ${min}`,
  });
}

function checkSchedules(value: Readonly<Record<string, unknown>>, findings: Findings): void {
  const schedules = Array.isArray(value.schedules) ? value.schedules : [];
  const names = new Set<unknown>();
  schedules.forEach((one: unknown, i) => {
    if (!isObject(one)) return;
    const pointer = `/schedules/${i}`;
    const both = one.cron !== undefined && one.every !== undefined;
    if (both || (one.cron === undefined && one.every === undefined)) {
      findings.add({
        pointer,
        found: both ? "both `cron` and `every`" : "neither",
        expected: "either `cron` or `every`",
      });
    }
    if (names.has(one.name)) {
      findings.add({ pointer: `${pointer}/name`, found: `${said(one.name)} again`, expected: "a name of its own" });
    }
    names.add(one.name);
  });
}
