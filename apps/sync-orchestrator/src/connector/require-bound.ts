import { bindConnector, type Target } from '@trunkline/connector-kit';
import { AppError } from '@trunkline/service';

/**
 * A credential goes only where it was bound to when it was stored. A tenant may have given its connector another host since: then the
 * secret of whoever connected before must not be sent there (the installation's own connectors are the operator's word).
 *
 * @throws AppError CREDENTIAL_NEEDS_RECONNECT
 */
export function requireBound(target: Target, bound: readonly string[] | undefined): void {
  if (target.connector.owner !== undefined) requireWithin(target, bound);
}

/** The same, whoever defined the connector. @throws AppError CREDENTIAL_NEEDS_RECONNECT */
export function requireWithin(target: Target, bound: readonly string[] | undefined): void {
  const { connector } = target;
  const elsewhere = bindConnector(target).allowedOrigins.filter((origin) => bound?.includes(origin) !== true);
  if (elsewhere.length === 0) return;
  throw new AppError('CREDENTIAL_NEEDS_RECONNECT', `${connector.name} leads to ${elsewhere.join(', ')}, where this credential must not be sent. Reconnect to allow it.`, {
    params: { connector: connector.id, reason: 'reauth_required' },
  });
}
