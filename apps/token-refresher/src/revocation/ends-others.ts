import type { Connector } from '@trunkline/catalog';

/** Whose a grant is at the provider: one client's, given by one account. */
export interface GrantOwner {
  readonly connector: string;
  readonly oauthAppId: string | null;
  readonly accountId: string | null;
}

/**
 * Whether ending this grant at the provider would end a credential that is still in use: where the provider's call ends all that person and
 * client have (Google, Shopify), it is left to the last one that goes. An account that is not named could be anybody's, and so counts. Pure.
 */
export function endsOthers({ auth }: Pick<Connector, 'auth'>, gone: GrantOwner, inUse: readonly GrantOwner[]): boolean {
  if (auth.OAUTH2?.revocation?.ends !== 'grant') return false;
  const sameAccount = ({ accountId }: GrantOwner) => accountId === null || gone.accountId === null || accountId === gone.accountId;
  return inUse.some((other) => other.connector === gone.connector && other.oauthAppId === gone.oauthAppId && sameAccount(other));
}
