import { z } from 'zod';
import { Secret } from '@trunkline/contracts';
import { databaseSettings, setting, type CommonConfig, type ConfigOf, type ServiceContext, type Settings } from '@trunkline/service';

const adminKey = z
  .string()
  .min(32, 'must have at least 32 characters; `openssl rand -base64 32` makes one')
  .transform((value) => new Secret(value))
  .optional();

export const settings = {
  ...databaseSettings,
  adminKey: setting(
    'TRUNKLINE_ADMIN_KEY',
    adminKey,
    "The installation's own key (at least 32 characters): whoever presents it is the operator and may manage every platform. Unset: there is no operator.",
  ),
  sandboxUrl: setting('TRUNKLINE_SANDBOX_URL', z.url().optional(), 'Where the sandbox provider is. Unset: its connectors are not in the catalog.'),
} satisfies Settings;

export type RegistryConfig = CommonConfig & ConfigOf<typeof settings>;
export type RegistryContext = ServiceContext<RegistryConfig>;
