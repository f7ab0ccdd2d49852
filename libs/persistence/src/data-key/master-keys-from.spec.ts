import { randomBytes } from 'node:crypto';
import { Secret } from '@trunkline/contracts';
import { loadConfig } from '@trunkline/service';
import { AwsMasterKeys, MasterKeyRing, TransitMasterKeys } from '@trunkline/vault';
import { masterKeysFrom, provenMasterKeys } from './master-keys-from.js';
import { vaultSettings } from './vault-settings.js';

const key = randomBytes(32).toString('base64');
const config = (environment: Record<string, string>) => loadConfig('token-refresher', vaultSettings, environment);
const aws = { TRUNKLINE_KMS: 'aws', TRUNKLINE_AWS_KMS_KEYS: 'alias/trunkline', TRUNKLINE_AWS_REGION: 'eu-central-1' };
const vault = { TRUNKLINE_KMS: 'vault', TRUNKLINE_VAULT_ADDRESS: 'http://127.0.0.1:1', TRUNKLINE_VAULT_KEY: 'trunkline', TRUNKLINE_VAULT_TOKEN: 'hvs.CANARY' };

it('uses exactly what is chosen', () => {
  const all = { ...aws, ...vault, TRUNKLINE_MASTER_KEY: key };
  expect(masterKeysFrom(config({ ...all, TRUNKLINE_KMS: '' }))).toBeInstanceOf(MasterKeyRing);
  expect(masterKeysFrom(config({ ...all, TRUNKLINE_KMS: 'local' }))).toBeInstanceOf(MasterKeyRing);
  expect(masterKeysFrom(config({ ...all, TRUNKLINE_KMS: 'aws' }))).toBeInstanceOf(AwsMasterKeys);
  expect(masterKeysFrom(config({ ...all, TRUNKLINE_KMS: 'vault' }))).toBeInstanceOf(TransitMasterKeys);
  expect(() => config({ TRUNKLINE_KMS: 'gcp' })).toThrow('TRUNKLINE_KMS: must be one of local, aws, vault');
});

it.each([
  ['TRUNKLINE_MASTER_KEY', {}],
  ['TRUNKLINE_AWS_KMS_KEYS', { ...aws, TRUNKLINE_AWS_KMS_KEYS: '' }],
  ['TRUNKLINE_AWS_REGION', { ...aws, TRUNKLINE_AWS_REGION: '' }],
  ['TRUNKLINE_VAULT_ADDRESS', { ...vault, TRUNKLINE_VAULT_ADDRESS: '' }],
  ['TRUNKLINE_VAULT_KEY', { ...vault, TRUNKLINE_VAULT_KEY: '' }],
  ['TRUNKLINE_VAULT_TOKEN', { ...vault, TRUNKLINE_VAULT_TOKEN: '' }],
])('names %s when it is missing, whatever else is there', (variable, environment: Record<string, string>) => {
  const more: Record<string, string> = variable === 'TRUNKLINE_MASTER_KEY' ? { ...aws, ...vault, TRUNKLINE_KMS: 'local' } : { TRUNKLINE_MASTER_KEY: key };
  expect(() => masterKeysFrom(config({ ...more, ...environment }))).toThrow(`${variable} is missing`);
});

it.each([
  ['TRUNKLINE_MASTER_KEY: the master key decodes to 16 bytes', { TRUNKLINE_MASTER_KEY: Buffer.alloc(16).toString('base64') }],
  ['TRUNKLINE_MASTER_KEY: master key version 2 is to be primary', { TRUNKLINE_MASTER_KEY: key, TRUNKLINE_MASTER_KEY_PRIMARY: '2' }],
  ['TRUNKLINE_AWS_KMS_KEYS: KMS key entry 2 has no version', { ...aws, TRUNKLINE_AWS_KMS_KEYS: '1:a,b' }],
  ['TRUNKLINE_VAULT_CA_FILE cannot be read (ENOENT)', { ...vault, TRUNKLINE_VAULT_CA_FILE: '/nowhere/ca.pem' }],
])('says what is wrong: %s', (says, environment: Record<string, string>) => expect(() => masterKeysFrom(config(environment))).toThrow(says));

it('proves what it found, or says where to look, without a secret', async () => {
  const local = config({ TRUNKLINE_MASTER_KEY: key });
  await expect(provenMasterKeys(masterKeysFrom(local), local)).resolves.toBeInstanceOf(MasterKeyRing);
  const away = config(vault);
  const failure = await provenMasterKeys(masterKeysFrom(away), away).catch((error: unknown) => error as Error);
  expect((failure as Error).message).toMatch(/TRUNKLINE_KMS=vault.*Vault did not answer.*TRUNKLINE_VAULT_ADDRESS, TRUNKLINE_VAULT_KEY, TRUNKLINE_VAULT_TOKEN/);
  expect(String((failure as Error).stack)).not.toContain('CANARY');
  expect(away.vaultToken).toBeInstanceOf(Secret);
});
