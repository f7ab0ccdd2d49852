import type { Connection } from '@trunkline/contracts';
import { asTenant } from '@trunkline/persistence';
import { AppError } from '@trunkline/service';
import type { TenantPrincipal } from '../access/require-tenant.js';
import type { RegistryParts } from '../registry-parts.js';
import { findOrMake } from './attempt/begin-attempt.js';
import type { Placing } from './attempt/placing.js';
import { changeConnection } from './change-connection.js';
import { tenantOf } from './rights.js';
import { toConnection } from './to-connection.js';

/**
 * A placeholder: flows can name the connection before anybody has connected it; it is `missing` until then.
 * @throws AppError INVALID_APP_CONNECTION if the connection has a credential, which would be lost
 */
export const keepPlace = (parts: RegistryParts, who: TenantPrincipal, placing: Placing): Promise<Connection> =>
  asTenant(parts.database, tenantOf(who), async (tx) => {
    const { row, isNew } = await findOrMake(tx, { who, placing, type: 'PLACEHOLDER' }, 'missing');
    if (isNew) return toConnection(tx, row);
    if (row.status !== 'missing' && row.status !== 'pending') {
      throw new AppError('INVALID_APP_CONNECTION', 'The connection of this externalId has a credential and cannot become a placeholder. Delete it first, or choose another externalId.');
    }
    return toConnection(tx, (await changeConnection(parts, tx, who, row, placing.change)).row);
  });
