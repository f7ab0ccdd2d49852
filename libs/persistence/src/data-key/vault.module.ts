import { Module, type DynamicModule } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { createVault, type Vault } from '@trunkline/vault';
import { PostgresDataKeyStore } from './data-key-store.postgres.js';
import { checkItOpensWhatIsThere, masterKeysFrom, provenMasterKeys } from './master-keys-from.js';
import type { VaultConfig } from './vault-settings.js';

/** Injection token of the proven `MasterKeys`. */
export const MASTER_KEYS = Symbol('MASTER_KEYS');
/** Injection token of the service's one {@link Vault}. */
export const VAULT = Symbol('VAULT');

/** Master keys and vault of a service that seals. */
@Module({})
export class VaultModule {
  /** Nest waits for the proof before it makes anything: without a usable key neither database nor bus is opened. */
  static forRoot(config: VaultConfig): Promise<DynamicModule> {
    const module = provenModule(config);
    // Whoever awaits it is told; should another module fail before that, this must not end the process by itself.
    module.catch(() => undefined);
    return module;
  }
}

async function provenModule(config: VaultConfig): Promise<DynamicModule> {
  const masterKeys = await provenMasterKeys(masterKeysFrom(config), config);
  const vaultOf = async (database: DataSource): Promise<Vault> => {
    await checkItOpensWhatIsThere(masterKeys, database, config);
    return createVault({ masterKeys, dataKeys: new PostgresDataKeyStore(database), primaryMaxAgeMs: config.dataKeyMaxAgeSeconds * 1_000 });
  };
  return {
    module: VaultModule,
    global: true,
    providers: [
      { provide: MASTER_KEYS, useValue: masterKeys },
      { provide: VAULT, inject: [DataSource], useFactory: vaultOf },
    ],
    exports: [MASTER_KEYS, VAULT],
  };
}
