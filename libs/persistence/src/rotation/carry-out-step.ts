import type { DataSource } from 'typeorm';
import type { MasterKeys, Vault } from '@trunkline/vault';
import { destroyOldKeys } from './destroy-old-keys.js';
import { beginning, type Pass } from './pass.js';
import { ResealValues } from './reseal-values.js';
import { RewrapKeys } from './rewrap-keys.js';
import type { Claim, RotationStore } from './rotation-store.js';
import type { SealedTable } from './sealed-table.js';

export interface RotationParts {
  readonly database: DataSource;
  readonly store: RotationStore;
  readonly masterKeys: MasterKeys;
  readonly vault: Vault;
  readonly tables: readonly SealedTable[];
  readonly settleSeconds: number;
}

const keysAtOnce = 20;

/**
 * One step of a rotation. Every step may be done twice, or by two replicas at once: keys are made by version, values replaced only where
 * they are still what was read, and progress written only by whoever holds the latest claim.
 *
 * @returns `left` if this replica cannot do it and another one may
 */
export async function carryOutStep(parts: RotationParts, claim: Claim): Promise<void | 'left'> {
  if (claim.kind === 'master') return rewrap(parts, claim);
  if (claim.keysMadeAt === null) return makeKeys(parts, claim);
  return claim.cleanAt === null ? reseal(parts, claim) : destroy(parts, claim);
}

async function rewrap(parts: RotationParts, claim: Claim): Promise<void | 'left'> {
  const primary = await parts.masterKeys.primaryVersion();
  if (claim.targetVersion !== null && primary < claim.targetVersion) {
    await parts.store.postponed(claim, 0, `a replica does not know master key version ${claim.targetVersion} yet`);
    return 'left';
  }
  const outcome = await walk(parts, claim, new RewrapKeys(parts.database, parts.masterKeys));
  if (outcome !== 'under way') await parts.store.finished(claim, outcome === 'clean' ? 'done' : 'failed');
}

async function makeKeys({ store, vault }: RotationParts, claim: Claim): Promise<void> {
  const tenants = await store.tenantsToRekey(claim, keysAtOnce);
  await Promise.all(tenants.map(({ tenant, version }) => vault.rotateDataKey(tenant, version)));
  await (tenants.length === 0 ? store.keysMade(claim) : store.again(claim));
}

async function reseal(parts: RotationParts, claim: Claim): Promise<void> {
  const outcome = await walk(parts, claim, new ResealValues(parts.database, parts.vault, parts.tables));
  if (outcome === 'under way') return;
  // A replica that read its primary key just before may still be sealing with the former one: look once more when none can be.
  if (!claim.settled) return parts.store.untilSettled(claim);
  if (outcome === 'stuck') return parts.store.finished(claim, 'failed');
  return claim.destroyOld ? parts.store.clean(claim) : parts.store.finished(claim, 'done');
}

async function destroy(parts: RotationParts, claim: Claim): Promise<void> {
  switch (await destroyOldKeys(parts.database, parts.tables, claim.tenant, parts.settleSeconds)) {
    case 'destroyed':
      return parts.store.finished(claim, 'done');
    case 'in_use':
      return parts.store.notClean(claim);
    case 'too_young':
      return parts.store.postponed(claim, parts.settleSeconds, null);
  }
}

/** Between two passes: `clean` if nothing is left, `stuck` if the last pass got nowhere with what is left. */
async function walk({ store }: RotationParts, claim: Claim, pass: Pass): Promise<'under way' | 'clean' | 'stuck'> {
  if (claim.cursor !== null) {
    await store.walked(claim, await pass.batch(claim.tenant, claim.cursor));
    return 'under way';
  }
  const remaining = await pass.remaining(claim.tenant);
  if (remaining === 0) return 'clean';
  if (remaining === claim.failed && claim.passReplaced === 0) return 'stuck';
  await store.passBegun(claim, beginning, remaining);
  return 'under way';
}
