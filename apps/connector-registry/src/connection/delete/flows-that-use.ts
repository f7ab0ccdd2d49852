import { flows } from '@trunkline/contracts';
import type { TenantPrincipal } from '../../access/require-tenant.js';
import type { RegistryParts } from '../../registry-parts.js';
import { tenantOf } from '../rights.js';

/** The flows that name a connection, and how many of them are enabled. Default flows are not counted. */
export interface Usage {
  readonly flowIds: readonly string[];
  readonly enabled: number;
}

/** Within the principal's project; for an admin of the platform in all of its projects, whichever it works in just now. @throws AppError SERVICE_UNAVAILABLE if the orchestrator is away */
export async function flowsThatUse({ rpc }: RegistryParts, who: TenantPrincipal, connectionIds: readonly string[]): Promise<Map<string, Usage>> {
  const { flowIds, enabled } = await rpc.call(flows.usage, { principal: { ...who, ...tenantOf(who) }, connectionIds: [...connectionIds] });
  return new Map(connectionIds.map((id) => [id, { flowIds: flowIds[id] ?? [], enabled: enabled[id] ?? 0 }]));
}
