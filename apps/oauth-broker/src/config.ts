import { z } from 'zod';
import { vaultSettings } from '@trunkline/persistence';
import { catalogSettings, databaseSettings, egressSettings, setting, type CommonConfig, type ConfigOf, type ServiceContext, type Settings } from '@trunkline/service';

/** Our redirect URIs are made from it, so it must be what browsers see, without a path of its own that is not served. */
const publicUrl = z
  .url({ protocol: /^https?$/, error: 'must be an http(s) address such as https://connect.example.com' })
  .default('http://localhost:3000')
  .transform((url) => url.replace(/\/+$/, ''));

export const settings = {
  ...databaseSettings,
  ...catalogSettings,
  ...egressSettings,
  ...vaultSettings,
  publicUrl: setting('TRUNKLINE_PUBLIC_URL', publicUrl, 'Where browsers reach the gateway. Redirect URIs at the providers begin with it.'),
} satisfies Settings;

export type BrokerConfig = CommonConfig & ConfigOf<typeof settings>;
export type BrokerContext = ServiceContext<BrokerConfig>;
