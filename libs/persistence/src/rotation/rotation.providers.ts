import type { Provider } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { MasterKeys, Vault } from '@trunkline/vault';
import { MASTER_KEYS, VAULT } from '../data-key/vault.module.js';
import type { VaultConfig } from '../data-key/vault-settings.js';
import type { RotationParts } from './carry-out-step.js';
import { RotationStore } from './rotation-store.js';
import { ROTATION_PARTS, Rotations } from './rotations.js';
import type { SealedTable } from './sealed-table.js';

/**
 * Rotations of a service's keys: {@link Rotations}, given the tables whose values are sealed anew. Goes with `VaultModule` and the
 * migration `Rotations1761900000002`.
 */
export function rotationProviders({ dataKeyMaxAgeSeconds }: Pick<VaultConfig, 'dataKeyMaxAgeSeconds'>, tables: readonly SealedTable[]): Provider[] {
  // A replica seals with a former key for at most twice this long (see the vault), and may take a while to write what it sealed.
  const settleSeconds = 3 * dataKeyMaxAgeSeconds;
  return [
    {
      provide: ROTATION_PARTS,
      inject: [DataSource, MASTER_KEYS, VAULT],
      useFactory: (database: DataSource, masterKeys: MasterKeys, vault: Vault): RotationParts => ({
        database, masterKeys, vault, tables, settleSeconds, store: new RotationStore(database, settleSeconds),
      }),
    },
    Rotations,
  ];
}
