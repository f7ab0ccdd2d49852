import type { Connector } from '@trunkline/catalog';
import type { OauthCredential } from '@trunkline/contracts';

export type GrantType = NonNullable<OauthCredential['grantType']>;

/** The grant a client means: the one it names, that of the code it brings, or the only one its connector knows. Undefined: it must say. Pure. */
export function namedGrantType({ auth }: Pick<Connector, 'auth'>, { grantType, code }: Pick<OauthCredential, 'grantType' | 'code'>): GrantType | undefined {
  if (grantType !== undefined) return grantType;
  const known = auth.OAUTH2!.grantTypes;
  return code !== undefined ? 'authorization_code' : known.length === 1 ? known[0] : undefined;
}

/** Tokens whose client does not say how it got them came from a consent, as nearly all do. */
export const grantTypeOf = (connector: Pick<Connector, 'auth'>, credential: Pick<OauthCredential, 'grantType' | 'code'>): GrantType => namedGrantType(connector, credential) ?? 'authorization_code';
