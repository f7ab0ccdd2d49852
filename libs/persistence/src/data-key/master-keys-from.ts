import { readFileSync } from 'node:fs';
import type { DataSource } from 'typeorm';
import { AwsMasterKeys, parseKmsKeys, parseMasterKeys, proveMasterKeys, TransitMasterKeys, unwrapDataKey, VaultError, type MasterKeys, type StoredDataKey } from '@trunkline/vault';
import { schemaOf } from '../sql.js';
import { vaultSettings, type VaultConfig } from './vault-settings.js';

type Name = keyof typeof vaultSettings;

/**
 * The master keys that are configured; nothing is reached yet. What belongs to another kind is not looked at, and nothing takes the place of
 * what is missing.
 *
 * @throws Error that names the setting
 */
export function masterKeysFrom(config: VaultConfig): MasterKeys {
  const primary = config.masterKeyPrimary;
  switch (config.kms) {
    case 'local': {
      const text = needed(config, 'masterKey').reveal();
      return told('masterKey', () => parseMasterKeys(text, primary));
    }
    case 'aws': {
      const [keys, region] = [needed(config, 'awsKmsKeys'), needed(config, 'awsRegion')];
      const endpoint = config.awsKmsEndpoint;
      return told('awsKmsKeys', () => new AwsMasterKeys({ keys: parseKmsKeys(keys), region, ...(primary === undefined ? {} : { primary }), ...(endpoint === undefined ? {} : { endpoint }) }));
    }
    case 'vault': {
      const [address, key, token] = [needed(config, 'vaultAddress'), needed(config, 'vaultKey'), needed(config, 'vaultToken')];
      return new TransitMasterKeys({ address, mount: config.vaultMount, key, token, ...caOf(config) });
    }
  }
}

/** What is most likely wrong when the proof fails. */
const culprits = { local: ['masterKey'], aws: ['awsKmsKeys', 'awsRegion'], vault: ['vaultAddress', 'vaultKey', 'vaultToken'] } as const;

/**
 * Whoever cannot wrap and unwrap now could store no credential and hand out none: the service does not start.
 *
 * @throws Error that names the settings
 */
export async function provenMasterKeys(masterKeys: MasterKeys, { kms }: Pick<VaultConfig, 'kms'>): Promise<MasterKeys> {
  try {
    await proveMasterKeys(masterKeys);
    return masterKeys;
  } catch (error) {
    const variables = culprits[kms].map((name) => vaultSettings[name].variable).join(', ');
    throw new Error(`The master key cannot be used (TRUNKLINE_KMS=${kms}): ${(error as Error).message}. Look at ${variables}. Without it no credential could be stored or handed out.`, { cause: error });
  }
}

/**
 * A master key that works but is not the one of this database would seal new credentials beside old ones that nobody can open.
 *
 * @throws Error that names the settings
 */
export async function checkItOpensWhatIsThere(masterKeys: MasterKeys, database: DataSource, { kms }: Pick<VaultConfig, 'kms'>): Promise<void> {
  const [newest] = (await database.query(
    `SELECT tenant, version, master_version AS "masterVersion", wrapped FROM "${schemaOf(database)}".data_key ORDER BY created_at DESC LIMIT 1`,
  )) as StoredDataKey[];
  if (newest === undefined) return;
  try {
    (await unwrapDataKey(masterKeys, newest)).fill(0);
  } catch (error) {
    const variables = culprits[kms].map((name) => vaultSettings[name].variable).join(', ');
    throw new Error(`The master key does not open the data keys of this database (TRUNKLINE_KMS=${kms}): ${(error as Error).message}. Look at ${variables}.`, { cause: error });
  }
}

function needed<N extends Name>(config: VaultConfig, name: N): NonNullable<VaultConfig[N]> {
  const value = config[name];
  if (value === undefined) throw new Error(`${vaultSettings[name].variable} is missing: the master key is needed (TRUNKLINE_KMS=${config.kms}). Without it the service does not start.`);
  return value as NonNullable<VaultConfig[N]>;
}

function told<Result>(name: Name, make: () => Result): Result {
  try {
    return make();
  } catch (error) {
    if (error instanceof VaultError) throw new Error(`${vaultSettings[name].variable}: ${error.message}`, { cause: error });
    throw error;
  }
}

function caOf({ vaultCaFile }: VaultConfig): { ca?: string } {
  if (vaultCaFile === undefined) return {};
  try {
    return { ca: readFileSync(vaultCaFile, 'utf8') };
  } catch (error) {
    throw new Error(`${vaultSettings.vaultCaFile.variable} cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unknown error'})`, { cause: error });
  }
}
