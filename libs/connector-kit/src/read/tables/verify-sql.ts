import type { VerifyOutcome } from '../../auth/verify-credential.js';
import type { Credential } from '../../credential.js';
import { ProviderError } from '../../provider-error.js';
import { bindConnector } from '../../render/bind-connector.js';
import type { Target } from '../../render/bind-connector.js';
import type { ServerAccess } from '../server.js';
import type { Database } from './database.js';
import { openDatabase } from './open-database.js';

/** Signs in to the connector's database and asks who one is there. The account is the database at its server. */
export async function verifySql(egress: Partial<ServerAccess>, target: Target, credential: Credential, timeoutMs: number): Promise<VerifyOutcome> {
  let database: Database | undefined;
  try {
    const bound = bindConnector(target);
    database = await openDatabase({ connect: egress.connect?.bind(egress), check: egress.check?.bind(egress) }, bound, credential, timeoutMs);
    const { user, database: name } = await database.account();
    const host = bound.baseUrl.replace(/^[a-z]+:\/\//, '');
    return { kind: 'verified', account: { id: `${host}/${name}`, name: `${user} at ${name}` } };
  } catch (error) {
    if (!(error instanceof ProviderError)) throw error;
    const { kind, message, retryAfterMs } = error;
    return kind === 'unavailable' || kind === 'rate_limited' ? { kind: 'unavailable', retryAfterMs, message } : { kind: 'rejected', status: null, message };
  } finally {
    await database?.close();
  }
}
