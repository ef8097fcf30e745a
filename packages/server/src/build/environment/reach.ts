/** Which hosts a build may dial: those of the operator's package indexes, and those that the project's own files name. */
import { readText } from "./python-find.ts";

const URLS = /\b(?:https?|git\+https):\/\/(?:[^\s/@"'<>]*@)?(\[[^\]]+\]|[A-Za-z0-9._-]+)(:\d+)?/g;
/** More than any project has; each is a rule of the way out. */
const MOST = 64;

/** The hosts of URLs, once each. */
export function hostsIn(texts: readonly string[]): string[] {
  const hosts = texts.flatMap((text) => Array.from(text.matchAll(URLS), ([, host = "", port = ""]) => host + port));
  return [...new Set(hosts)].slice(0, MOST);
}

export const hostsInFiles = (files: readonly string[]): string[] => hostsIn(files.map(readText));

/** An address with who signs in left out: what packages run would read it. */
export const withoutSignIn = (urls: string): string => urls.replace(/(https?:\/\/)[^\s/@]+@/g, "$1");
