import { secretText, setting, text, whole, type ConfigOf, type Settings } from '@trunkline/service';

const kinds = ['local', 'aws', 'vault'] as const;
const isKind = (value: string): value is (typeof kinds)[number] => (kinds as readonly string[]).includes(value);
const address = text.refine((value) => URL.canParse(value) && /^https?:/.test(value), 'must be an http(s) address');

/** Where the master keys are. Every service that seals takes these settings, and `masterKeysFrom` makes of them the one thing that is used. */
export const vaultSettings = {
  kms: setting('TRUNKLINE_KMS', text.refine(isKind, `must be one of ${kinds.join(', ')}`).default('local'), 'Where the master keys are: `local` (TRUNKLINE_MASTER_KEY), `aws` (AWS KMS) or `vault` (Vault transit). Exactly this one is used.'),
  masterKey: setting('TRUNKLINE_MASTER_KEY', secretText.optional(), 'For `local`: wraps the data keys of all tenants. 32 bytes in base64, or several as `version:base64`. `TRUNKLINE_MASTER_KEY_FILE` may name a file. No key, no start.'),
  masterKeyPrimary: setting('TRUNKLINE_MASTER_KEY_PRIMARY', whole(1, 999_999_999).optional(), 'For `local` and `aws`: version of the key to wrap with. Unset: the highest. Set while a new key is made known to every replica.'),
  awsKmsKeys: setting('TRUNKLINE_AWS_KMS_KEYS', text.optional(), 'For `aws`: key id, ARN or alias, or several as `version:keyId`, comma separated.'),
  awsRegion: setting('TRUNKLINE_AWS_REGION', text.optional(), 'For `aws`: region of the keys. Credentials come by the usual chain of the AWS SDK.'),
  awsKmsEndpoint: setting('TRUNKLINE_AWS_KMS_ENDPOINT', address.optional(), 'For `aws`: address of KMS instead of the region\'s own, for a VPC endpoint.'),
  vaultAddress: setting('TRUNKLINE_VAULT_ADDRESS', address.optional(), 'For `vault`: address of the server, e.g. https://vault.example.com:8200.'),
  vaultMount: setting('TRUNKLINE_VAULT_MOUNT', text.default('transit'), 'For `vault`: where the transit engine is mounted.'),
  vaultKey: setting('TRUNKLINE_VAULT_KEY', text.optional(), 'For `vault`: name of the transit key.'),
  vaultToken: setting('TRUNKLINE_VAULT_TOKEN', secretText.optional(), 'For `vault`: token whose policy allows encrypt and decrypt with the key. `TRUNKLINE_VAULT_TOKEN_FILE` may name a file.'),
  vaultCaFile: setting('TRUNKLINE_VAULT_CA_FILE', text.optional(), 'For `vault`: PEM file of the certificate authority of the server.'),
  dataKeyMaxAgeSeconds: setting('TRUNKLINE_DATA_KEY_MAX_AGE_SECONDS', whole(1, 3_600).default(60), 'How long a replica goes on sealing with a data key after another one made a newer. The same for all replicas of a service; rotations wait for it.'),
} satisfies Settings;

export type VaultConfig = ConfigOf<typeof vaultSettings>;
