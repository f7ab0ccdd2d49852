import type { Target } from '@trunkline/connector-kit';
import type { StatusReason } from '@trunkline/contracts';
import { AppError } from '@trunkline/service';
import type { Credential, Refusal } from './credential.js';
import { connectionOf } from './token-id.js';

/** Whose connection an error is about, whichever of its tokens is meant; the name is the connector's id. */
type About = Pick<Credential, 'connectionId' | 'connector'>;

const whatHappened: Partial<Record<StatusReason, string>> = {
  reauth_required: 'The provider no longer accepts this connection',
  refresh_outcome_unknown: 'The provider may have renewed this connection\'s token while it could not be stored, and no longer accepts the old one',
  key_expired: 'The key of this connection has expired',
};

/** A refusal in the caller's words: what happened and what to do. */
export function refusalError(about: About, refusal: Refusal): AppError {
  const params = { connectionId: connectionOf(about.connectionId), connector: about.connector };
  switch (refusal.kind) {
    case 'disabled':
      return new AppError('CONNECTION_DISABLED', 'The connection is disabled. Enable it to use it again.', { params });
    case 'broken':
      return new AppError('CREDENTIAL_NEEDS_RECONNECT', `${whatHappened[refusal.reason] ?? 'The credential no longer works'}. A person must connect ${about.connector} again.`, {
        params: { ...params, reason: refusal.reason },
      });
    case 'misconfigured':
      return new AppError(
        'CONNECTOR_MISCONFIGURED',
        `The OAuth app for ${about.connector} is refused by the provider. An operator must check its client id, secret and settings; the connection needs nothing.`,
        { params: { ...params, reason: 'connector_misconfigured' } },
      );
    case 'cooldown':
      return new AppError('CREDENTIAL_COOLDOWN', `The token could not be renewed lately. Try again in ${refusal.retryAfterSeconds} seconds.`, {
        params: { ...params, retryAfterSeconds: refusal.retryAfterSeconds },
      });
  }
}

/** The provider was asked just now and did not give a token. */
export const providerUnavailable = (about: About, retryAfterSeconds: number): AppError =>
  new AppError('PROVIDER_UNAVAILABLE', `${about.connector} did not give a new token just now. Try again in ${retryAfterSeconds} seconds.`, {
    params: { connectionId: connectionOf(about.connectionId), connector: about.connector, retryAfterSeconds },
  });

/** Somebody's refresh is under way and takes longer than this caller can wait. */
export const stillWaiting = (about: About): AppError =>
  new AppError('PROVIDER_UNAVAILABLE', `A refresh for ${about.connector} is under way and not finished yet. Try again in a moment.`, {
    params: { connectionId: connectionOf(about.connectionId), connector: about.connector, retryAfterSeconds: 1 },
  });

interface Account {
  readonly id: string | null;
  readonly name: string | null;
}
const named = ({ id, name }: Account): string => (name === null ? (id ?? 'that is not named') : `"${name}"`);

/** Whoever connects again mostly means the same account; where not, they must say so. */
export const otherAccount = ({ connector }: Target, { connectionId }: Pick<About, 'connectionId'>, expected: Account, account: Account): AppError =>
  new AppError(
    'CONFLICT',
    `This is the account ${named(account)} at ${connector.name}, but the connection belongs to the account ${named(expected)}. Nothing was changed. ` +
      `Sign in with that account, or allow another one (allowOtherAccount), or make a new connection.`,
    { params: { connectionId, connector: connector.id, expectedAccount: expected, account } },
  );

/** Unknown and foreign alike. */
export const connectionNotFound = (named: string): AppError => AppError.notFound('app_connection', named);

/** Handing out another token than the named one would be worse than none. @param names of the tokens it has besides the first */
export function noSuchToken(about: About, tokenName: string, names: readonly string[]): AppError {
  const has = names.length === 0 ? 'one token, which is handed out when tokenName is left out' : `${names.map((name) => `"${name}"`).join(', ')}, and the first, which is handed out when tokenName is left out`;
  return new AppError('ENTITY_NOT_FOUND', `The connection has no token named "${tokenName}". It has ${has}.`, {
    params: { entityType: 'token', entityId: tokenName, connectionId: connectionOf(about.connectionId), tokenNames: names },
  });
}
