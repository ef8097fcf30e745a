/** Deployments, as the gateway asks for them; what changes something is in the audit log before it is answered. */
import type { Platform } from "../../gateway/index.ts";
import type { Parts } from "./parts.ts";

export function deployingPort({ deploying, access }: Parts): Platform {
  const note = (action: string, target: string, by: string | null = null): Promise<void> =>
    access.log.note({ by, action, target });
  return {
    versions: deploying.versions,
    deploy: async (order) => {
      const deployment = await deploying.deploy(order);
      await note("deploy", `${order.agent} ${deployment.id}`, order.by);
      return deployment;
    },
    deployment: (id) => deploying.deployment(id),
    follow: (id, signal) => deploying.follow(id, signal),
    cancelDeployment: (id) => deploying.cancelDeployment(id),
    deployments: (agent, cursor, limit) => deploying.deployments(agent, cursor, limit),
    promote: async (agent, version) => {
      const view = await deploying.promote(agent, version);
      await note("promote", `${agent}@${version}`);
      return view;
    },
    rollback: async (agent) => {
      const view = await deploying.rollback(agent);
      await note("rollback", `${agent}@${view.version}`);
      return view;
    },
    scale: async (agent, change) => {
      const view = await deploying.scale(agent, change);
      await note("scale", `${agent} ${view.min_instances ?? "-"}..${view.max_instances ?? "-"}`);
      return view;
    },
    remove: async (agent) => {
      await deploying.remove(agent);
      await note("delete", agent);
    },
    workers: (agent, all) => deploying.workers(agent, all),
  };
}
