import { mkdtemp, mkdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectorSummary } from '@trunkline/contracts';
import { describeConnector, loadCatalog, parseConnector, readLogo } from './index.js';

const definition = `id: acme
name: Acme
category: erp
aliases: [ac]
inputs:
  - { name: host, title: Host, pattern: '^[a-z]+$' }
base_url: https://{{inputs.host}}.acme.test/api
allowed_origins: ['https://{{inputs.host}}.acme.test']
auth:
  OAUTH2:
    token_url: https://acme.test/token
    authorize_url: https://acme.test/authorize
    pkce: supported
    client_authentication: client_secret_post
    scopes: [read]
    headers: { Authorization: 'Bearer {{credential.access_token}}' }
  SECRET_TEXT:
    headers: { X-Key: '{{credential.secret_text}}' }
  BASIC_AUTH: {}
  CUSTOM_AUTH:
    fields:
      - { name: app_key, title: App key }
      - { name: region_key, title: Region key, required: false }
    headers: { X-App: '{{credential.app_key}}' }
  NO_AUTH: {}
verification: { request: { path: /me } }
rate_limit: { posture: Sixty a minute. }
latency: Seconds.
static_egress: true
`;
const stream = 'title: Orders\nrequest: { path: /orders }\nrecord_selector: { path: "" }\nprimary_key: [id]\npagination: { type: none }\nscopes: [orders.read]\n';

const acme = parseConnector({ id: 'acme', definition: { name: 'acme/connector.yaml', text: definition }, streams: new Map([['orders', { name: 'acme/streams/orders.yaml', text: stream }]]) });

describe('what clients see of a connector', () => {
  it('is how it is connected, member by member of the value', () => {
    const { authMethods } = describeConnector(acme);
    expect(authMethods.map(({ type, fields }) => [type, fields.map(({ name, required, secret }) => [name, required, secret])])).toEqual([
      ['OAUTH2', []],
      ['SECRET_TEXT', [['secret_text', true, true]]],
      ['BASIC_AUTH', [['username', true, false], ['password', true, true]]],
      ['CUSTOM_AUTH', [['app_key', true, true], ['region_key', false, true]]],
      ['NO_AUTH', []],
    ]);
    expect(authMethods[0]).toMatchObject({ grantTypes: ['authorization_code'], scopes: ['read'] });
  });

  it('is what can be read, and how carefully', () => {
    expect(describeConnector(acme)).toMatchObject({
      aliases: ['ac'], streams: [{ name: 'orders', title: 'Orders', incremental: false, scopes: ['orders.read'] }], rateLimit: 'Sixty a minute.', latency: 'Seconds.', staticEgress: true,
    });
    expect(connectorSummary.parse(describeConnector(acme))).toEqual(describeConnector(acme));
  });
});

describe('a connector\'s logo', () => {
  it('is the file beside its definition, in whichever folder that is', async () => {
    for (const connector of loadCatalog({ settings: { sandbox_url: 'http://127.0.0.1:1' } }).list()) expect(await readLogo(connector)).toContain('<svg');
    const folder = await mkdtemp(join(tmpdir(), 'trunkline-logo-'));
    try {
      await mkdir(join(folder, 'acme'));
      expect(await readLogo(acme, [folder])).toBeUndefined();
      await writeFile(join(folder, 'acme', 'logo.svg'), '<svg/>');
      expect(await readLogo(acme, [folder])).toBe('<svg/>');
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
