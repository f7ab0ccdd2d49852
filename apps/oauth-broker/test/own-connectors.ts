import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** An OAuth definition as the operator would write it; its endpoints are those of the scripted provider unless it says otherwise. */
export interface OwnConnector {
  readonly oauth?: Readonly<Record<string, unknown>>;
  readonly inputs?: readonly object[];
}

const provider = '{{settings.sandbox_url}}';
const endpoints = { authorize_url: `${provider}/oauth/auth`, token_url: `${provider}/oauth/token`, issuer: `${provider}/oauth`, revocation: { url: `${provider}/oauth/token/revocation` } };

const definition = (id: string, { oauth = {}, inputs = [] }: OwnConnector) => ({
  id, name: `Own ${id}`, category: 'custom', available_when: 'sandbox_url', inputs, base_url: provider, allowed_origins: [provider],
  auth: {
    OAUTH2: {
      ...('discovery' in oauth ? {} : endpoints),
      scopes: ['crm.read'], pkce: 'required', client_authentication: 'client_secret_basic', refresh: { supported: true, rotates: true },
      headers: { Authorization: 'Bearer {{credential.access_token}}' },
      ...oauth,
    },
  },
  verification: { request: { path: '/me' } }, rate_limit: { posture: 'Friendly.' }, latency: 'None.',
});

/** A folder of connectors for `TRUNKLINE_CATALOG_FOLDERS`. JSON is YAML 1.2. */
export async function ownConnectors(connectors: Readonly<Record<string, OwnConnector>>) {
  const folder = await mkdtemp(join(tmpdir(), 'trunkline-connectors-'));
  const write = async (id: string, connector: OwnConnector) => {
    await mkdir(join(folder, id), { recursive: true });
    await writeFile(join(folder, id, 'connector.yaml'), JSON.stringify(definition(id, connector)));
  };
  for (const [id, connector] of Object.entries(connectors)) await write(id, connector);
  return { folder, write, remove: () => rm(folder, { recursive: true, force: true }) };
}
