import { randomBytes } from 'node:crypto';
import { copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startVendors, type Browser, type Vendors } from '@trunkline/testing';
import { recordedData } from './recorded-data.js';
import { ResultsTable } from './results-table.js';
import { platforms, startStack, type Stack } from './stack.js';

export const returnUrl = 'https://app.meetreeve.com/cockpit/connectors';
const oauthConnectors = ['google_ads', 'google_analytics', 'hubspot', 'meta_ads', 'linkedin_ads', 'quickbooks', 'tiktok_ads', 'shopify', 'github', 'salesforce', 'klaviyo', 'slack', 'netsuite'];
/** The catalog's connectors for platforms, each of which has a stand-in. */
export const platformConnectors = [...oauthConnectors, 'stripe', 'posthog', 'gorgias', 'zendesk', 'vercel', 'railway', 'figma', 'mailchimp', 'sendgrid'];
export const scopes = ['connections:read', 'connections:write', 'syncs:run', 'flows:read', 'flows:write', 'tokens:resolve'];

export interface AppConnection {
  id: string;
  externalId: string;
  status: string;
  type: string;
  pieceName: string;
  flowIds: string[];
  displayName: string;
  projectIds: string[];
  scope: string;
  ownerId: string | null;
  owner: { email: string } | null;
}
export interface Page<Item> {
  data: Item[];
  next: string | null;
  previous: string | null;
}
export interface Member {
  readonly email: string;
  readonly password: string;
  readonly userId: string;
  readonly key: string;
  readonly session: string;
}

/** A connector that an operator adds as a folder of data. */
async function addConnector(into: string, id: string, definition: string): Promise<void> {
  await mkdir(join(into, id));
  await copyFile(new URL('../../../libs/catalog/connectors/_template/logo.svg', import.meta.url), join(into, id, 'logo.svg'));
  await writeFile(join(into, id, 'connector.yaml'), `id: ${id}\ncategory: custom\nrate_limit: { posture: None worth mentioning. }\nlatency: Seconds.\n${definition}`);
}

/** The reference's own `piece-example`, and one for each kind of credential that no platform of the catalog takes. */
async function addConnectors(into: string): Promise<void> {
  await addConnector(
    into,
    'example',
    `name: Example
base_url: https://api.hubapi.com
allowed_origins: [https://api.hubapi.com]
auth:
  OAUTH2:
    authorize_url: https://oauth.provider.com/authorize
    token_url: https://oauth.provider.com/token
    pkce: supported
    client_authentication: client_secret_post
    headers:
      Authorization: Bearer {{credential.access_token}}
verification:
  request:
    path: /account-info/v3/details
  account: { id: portalId, name: uiDomain }
`,
  );
  const atSandbox = `base_url: '{{settings.sandbox_url}}'\nallowed_origins: ['{{settings.sandbox_url}}']\navailable_when: sandbox_url\n`;
  await addConnector(into, 'open_data', `name: Open data\n${atSandbox}auth: { NO_AUTH: {} }\nverification: { request: { path: /oauth/.well-known/openid-configuration }, account: { id: issuer } }\n`);
  await addConnector(
    into,
    'own_scheme',
    `name: Own scheme
${atSandbox}auth:
  CUSTOM_AUTH:
    fields: [{ name: house_key, title: House key }]
    headers: { X-Api-Key: '{{credential.house_key}}' }
verification: { request: { path: /crm/v1/account }, account: { id: id, name: name } }
`,
  );
}

export const shown = (status: number, body: unknown): string => `${status} ${JSON.stringify(body)}`.slice(0, 110);

/**
 * The whole product with every platform stood in for by a server that speaks as it does, reached under its own name; and the table in
 * which each documented call gets its line.
 */
export async function startDialectWorld(reference: string) {
  const table = new ResultsTable('reference', 'call', 'result', 'answer');
  const vendors: Vendors = await startVendors({ data: recordedData(platformConnectors) });
  const folder = await mkdtemp(join(tmpdir(), 'trunkline-connectors-'));
  await addConnectors(folder);
  const stack: Stack = await startStack({
    records: 200,
    environment: { ...vendors.environment, TRUNKLINE_CATALOG_FOLDERS: folder, TRUNKLINE_EGRESS_ADDRESSES: 'eu=192.0.2.10,192.0.2.11;us=198.51.100.7' },
  });
  const platformId = platforms.get(stack)!;
  const asAdmin = async <Body>(path: string, body: unknown): Promise<Body> => {
    const answer = await stack.call<Body>('POST', path, { key: stack.adminKey, body });
    if (answer.status !== 201) throw new Error(`${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
    return answer.body;
  };
  const { clientId, clientSecret } = vendors.app;
  for (const connector of oauthConnectors) await asAdmin('/api/v1/oauth-apps', { platformId, connector, clientId, clientSecret });

  return {
    vendors,
    stack,
    platformId,
    asAdmin,
    /** One documented call: its line in the table says how it ended. */
    run: (call: string, work: () => Promise<string | void>) => table.try([reference, call], work),
    newProject: () => asAdmin<{ id: string }>('/api/v1/projects', { platformId, displayName: 'Project', returnUrls: [returnUrl] }),
    newMember: async (projectId: string, role: 'ADMIN' | 'EDITOR' | 'VIEWER' = 'EDITOR'): Promise<Member> => {
      const email = `${randomBytes(6).toString('hex')}@company.com`;
      const password = randomBytes(12).toString('hex');
      const { id: userId } = await asAdmin<{ id: string }>('/api/v1/users', { platformId, email, firstName: 'John', lastName: 'Doe', password });
      await asAdmin('/api/v1/members', { projectId, userId, role });
      const { key } = await asAdmin<{ key: string }>('/api/v1/api-keys', { projectId, userId, displayName: 'Key', scopes });
      const { token } = (await stack.call<{ token: string }>('POST', '/api/v1/sessions', { body: { email, password } })).body;
      return { email, password, userId, key, session: token };
    },
    /** The person's part: consent at the platform, back to the callback with the browser that began. */
    consent: (browser: Browser, authorizationUrl: string, accept = 'application/json') => browser.request(vendors.visit(authorizationUrl), { headers: { accept } }),
    close: async () => {
      table.print();
      await stack.close();
      await vendors.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
export type DialectWorld = Awaited<ReturnType<typeof startDialectWorld>>;
