import type { OauthApp } from '@trunkline/connector-kit';
import { Secret } from '@trunkline/contracts';
import type { BrokerParts } from '../broker-parts.js';
import type { OauthAppRow } from './oauth-app.entity.js';

type Vaulted = Pick<BrokerParts, 'vault'>;
type App = Pick<OauthAppRow, 'id' | 'platformId'>;

/** The tenant whose data key seals what belongs to no platform. No platform has this id: theirs begin with `plat_`. */
export const installation = 'installation';

/** Sealed for this app of this platform: the bytes open in no other row. */
export const sealedSecretContext = ({ id, platformId }: App) => ({ tenant: platformId ?? installation, subject: id, field: 'client_secret' });

export const sealClientSecret = async ({ vault }: Vaulted, app: App, secret: Secret): Promise<Buffer> =>
  Buffer.from(await vault.seal(sealedSecretContext(app), secret.reveal()));

/** The same for a key: it opens in no other column either. */
export const sealedKeyContext = ({ id, platformId }: App) => ({ tenant: platformId ?? installation, subject: id, field: 'private_key' });

export const sealPrivateKey = async ({ vault }: Vaulted, app: App, key: Secret): Promise<Buffer> => Buffer.from(await vault.seal(sealedKeyContext(app), key.reveal()));

type Sealed = Pick<OauthAppRow, 'id' | 'platformId' | 'clientId' | 'sealedClientSecret' | 'sealedPrivateKey' | 'keyId'>;

/** The app as token requests want it. */
export async function openOauthApp({ vault }: Vaulted, row: Sealed): Promise<Required<OauthApp>> {
  const { clientId, sealedClientSecret, sealedPrivateKey, keyId } = row;
  const clientSecret = sealedClientSecret === null ? null : new Secret(await vault.openText(sealedSecretContext(row), sealedClientSecret));
  const privateKey = sealedPrivateKey === null ? null : new Secret(await vault.openText(sealedKeyContext(row), sealedPrivateKey));
  return { clientId, clientSecret, privateKey, keyId };
}
