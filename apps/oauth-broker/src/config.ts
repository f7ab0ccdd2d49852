import { z } from 'zod';
import { databaseSettings, list, secretText, setting, text, type CommonConfig, type ConfigOf, type ServiceContext, type Settings } from '@trunkline/service';

/** Our redirect URIs are made from it, so it must be what browsers see, without a path of its own that is not served. */
const publicUrl = z
  .url({ protocol: /^https?$/, error: 'must be an http(s) address such as https://connect.example.com' })
  .default('http://localhost:3000')
  .transform((url) => url.replace(/\/+$/, ''));

export const settings = {
  ...databaseSettings,
  masterKey: setting(
    'TRUNKLINE_MASTER_KEY',
    secretText,
    'Wraps all data keys; client secrets and PKCE verifiers are sealed under it. 32 bytes in base64, or several as `version:base64`. No key, no start.',
  ),
  publicUrl: setting('TRUNKLINE_PUBLIC_URL', publicUrl, 'Where browsers reach the gateway. Redirect URIs at the providers begin with it.'),
  sandboxUrl: setting('TRUNKLINE_SANDBOX_URL', z.url().optional(), 'Where the sandbox provider is. Unset: its connectors are not in the catalog.'),
  egressAllow: setting(
    'TRUNKLINE_EGRESS_ALLOW',
    list.default([]),
    'Exceptions from the rule that requests go to public https addresses only: exact `host:port`, comma separated.',
  ),
  egressCaFile: setting('TRUNKLINE_EGRESS_CA_FILE', text.optional(), 'PEM file with further certificate authorities for providers.'),
} satisfies Settings;

export type BrokerConfig = CommonConfig & ConfigOf<typeof settings>;
export type BrokerContext = ServiceContext<BrokerConfig>;
