/** Which isolation the server runs with: a working one, or none because somebody said so. */
import { problem } from "@runagent/protocol";
import { cannotConfine } from "../confine.ts";
import { ServeRefused } from "../serve-options.ts";
import type { PlatformOptions } from "./platform-options.ts";

export type Isolation = "container" | "none";

/** Throws ServeRefused: this machine cannot, or what was asked for is not built. */
export function chooseIsolation({ isolation, shellEnv }: Pick<PlatformOptions, "isolation" | "shellEnv">): Isolation {
  if (isolation === "none") return "none";
  if (isolation === "gvisor") {
    throw new ServeRefused(
      3,
      problem("CONFLICT", "The isolation gvisor is not built yet.", { hint: "Leave --isolation out: container." }),
    );
  }
  const unable = cannotConfine(shellEnv.PATH ?? "");
  if (unable === null) return "container";
  throw new ServeRefused(3, {
    ...unable,
    hint: `${unable.hint} Without any isolation, for your own code only: --isolation none`,
  });
}

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|::1)$/;

/** Keys do not go over plain HTTP to other machines. Throws ServeRefused, exit 2. */
export function assertSafeAddress({
  host,
  tls,
  behindProxy,
}: Pick<PlatformOptions, "host" | "tls" | "behindProxy">): void {
  if (LOOPBACK.test(host) || tls !== null || behindProxy) return;
  throw new ServeRefused(
    2,
    problem("INVALID_REQUEST", `On ${host} other machines could reach the server, and keys would go over plain HTTP.`, {
      hint: "Give --tls-cert and --tls-key, or --behind-proxy when a proxy in front ends TLS.",
    }),
  );
}
