/** Deployments, as the gateway asks for them; what changes something is in the audit log before it is answered. */
import type { Deed, Platform } from "../../gateway/index.ts";
import type { Parts } from "./parts.ts";

export function deployingPort({ deploying, access, logs, disk }: Parts): Platform {
  const note = ({ caller, address }: Deed, action: string, target: string): Promise<void> =>
    access.log.note({ by: caller?.keyId ?? null, address, action, target });
  return {
    versions: deploying.versions,
    deploy: async ({ address, ...order }) => {
      disk.room();
      const deployment = await deploying.deploy(order);
      await access.log.note({ by: order.by, address, action: "deploy", target: `${order.agent} ${deployment.id}` });
      return deployment;
    },
    deployment: (id) => deploying.deployment(id),
    follow: (id, signal) => deploying.follow(id, signal),
    cancelDeployment: (id) => deploying.cancelDeployment(id),
    deployments: (agent, cursor, limit) => deploying.deployments(agent, cursor, limit),
    promote: async (agent, version, by) => {
      const view = await deploying.promote(agent, version);
      await note(by, "promote", `${agent}@${version}`);
      return view;
    },
    rollback: async (agent, by) => {
      const view = await deploying.rollback(agent);
      await note(by, "rollback", `${agent}@${view.version}`);
      return view;
    },
    scale: async (agent, change, by) => {
      const view = await deploying.scale(agent, change);
      await note(by, "scale", `${agent} ${view.min_instances ?? "-"}..${view.max_instances ?? "-"}`);
      return view;
    },
    remove: async (agent, by) => {
      await deploying.remove(agent);
      await logs.forget(agent);
      await note(by, "delete", agent);
    },
    workers: (agent, all) => deploying.workers(agent, all),
  };
}
