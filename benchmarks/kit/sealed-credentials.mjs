/** Many stored credentials, quickly: one put by the service, the others sealed here with its data key and copied beside it. */
import { credentials, newId, Secret } from '@trunkline/contracts';
import { createVault, parseMasterKeys } from '@trunkline/vault';

/** @returns {Promise<void>} when `count` OAuth credentials of one project are stored and none is due */
export async function fillCredentials({ stack, masterKey, count, oauthAppId }) {
  const [connectionId, platformId, projectId] = [newId('connection'), newId('platform'), newId('project')];
  await stack.client.rpc.call(credentials.put, {
    connectionId, platformId, projectId, projectIds: [projectId], ownerId: null, connector: 'sandbox_crm', type: 'PLATFORM_OAUTH2', inputs: {}, allowOtherAccount: true,
    credential: { type: 'OAUTH2', accessToken: new Secret('first'), refreshToken: new Secret('rt_first'), tokenType: 'Bearer', expiresInSeconds: 86_400, ageMs: 0, scopes: [], oauthAppId, second: null, refreshExpiresInSeconds: null, grantType: 'authorization_code' },
  });
  const find = async (condition, values) => {
    const [row] = await stack.database.query(`SELECT tenant, version, master_version AS "masterVersion", wrapped FROM tokens.data_key WHERE ${condition} ORDER BY version DESC LIMIT 1`, values);
    return row ?? null;
  };
  const dataKeys = {
    findPrimary: (tenant) => find('tenant = $1', [tenant]),
    find: (tenant, version) => find('tenant = $1 AND version = $2', [tenant, version]),
    insert: () => Promise.reject(new Error('the data key is there already')),
  };
  const vault = createVault({ masterKeys: parseMasterKeys(masterKey), dataKeys });
  const columns = (await stack.database.query(`SELECT column_name AS name FROM information_schema.columns WHERE table_schema = 'tokens' AND table_name = 'credential'`))
    .map(({ name }) => name).filter((name) => name !== 'connection_id' && name !== 'sealed').join(', ');
  for (let made = 0; made < count - 1; made += 2_000) {
    const ids = Array.from({ length: Math.min(2_000, count - 1 - made) }, () => newId('connection'));
    const sealed = await Promise.all(ids.map(async (subject) => {
      const members = JSON.stringify({ type: 'OAUTH2', accessToken: 'at'.padEnd(64, 'x'), refreshToken: `rt_${subject}`.padEnd(64, 'x') });
      return Buffer.from(await vault.seal({ tenant: projectId, subject, field: 'credential' }, members));
    }));
    await stack.database.query(
      `INSERT INTO tokens.credential (connection_id, sealed, ${columns})
       SELECT n.id, n.sealed, ${columns.replace(/(\w+)/g, 'c.$1')} FROM unnest($2::text[], $3::bytea[]) AS n(id, sealed), tokens.credential c WHERE c.connection_id = $1`,
      [connectionId, ids, sealed],
    );
  }
  await stack.database.query('VACUUM ANALYZE tokens.credential');
}
