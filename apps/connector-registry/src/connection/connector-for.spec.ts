import { Catalog, parseConnector } from '@trunkline/catalog';
import { connectorNamed, requireAuthMethod, requireInputs } from './connector-for.js';

const definition = `
id: shop
name: Shop
category: commerce
aliases: [shoppe]
inputs:
  - { name: subdomain, title: Subdomain, pattern: '^[a-z0-9-]+$' }
  - { name: region, title: Region, required: false }
  - { name: account, title: Account, filled_by: callback }
base_url: https://{{inputs.subdomain}}.shop.example
allowed_origins: ['https://{{inputs.subdomain}}.shop.example']
auth:
  OAUTH2:
    authorize_url: https://{{inputs.subdomain}}.shop.example/authorize
    token_url: https://{{inputs.subdomain}}.shop.example/token
    pkce: supported
    client_authentication: client_secret_post
    capture: { callback: { account: realmId } }
    headers: { Authorization: 'Bearer {{credential.access_token}}' }
verification: { request: { path: /me } }
rate_limit: { posture: Two calls a second. }
latency: Seconds.
`;
const items = `
title: Items
request: { path: /items }
record_selector: { path: items }
primary_key: [id]
pagination: { type: none }
`;
const shop = parseConnector({
  id: 'shop',
  definition: { name: 'shop/connector.yaml', text: definition },
  streams: new Map([['items', { name: 'shop/streams/items.yaml', text: items }]]),
});
const refusal = (code: string, params: object = {}) => expect.objectContaining({ code, params: expect.objectContaining(params) as unknown }) as Error;

describe('the connector a caller names', () => {
  const catalog = new Catalog([shop]);

  it.each(['shop', 'shoppe', '@activepieces/piece-shop'])('%s', (name) => {
    expect(connectorNamed(catalog, name).id).toBe('shop');
  });

  it('is not found by another name', () => {
    expect(() => connectorNamed(catalog, 'Shop')).toThrow(refusal('ENTITY_NOT_FOUND', { entityType: 'connector', entityId: 'Shop' }));
  });

  it('is connected in the ways it has', () => {
    expect(() => requireAuthMethod(shop, 'OAUTH2')).not.toThrow();
    expect(() => requireAuthMethod(shop, 'SECRET_TEXT')).toThrow(refusal('INVALID_APP_CONNECTION', { authMethods: ['OAUTH2'] }));
  });
});

describe('inputs', () => {
  it('are those a person may give', () => {
    expect(requireInputs(shop, { subdomain: 'acme' })).toEqual({ subdomain: 'acme' });
    expect(requireInputs(shop, { subdomain: 'acme', region: '' })).toEqual({ subdomain: 'acme' });
    expect(requireInputs(shop, { subdomain: 'acme', region: 'eu' })).toEqual({ subdomain: 'acme', region: 'eu' });
  });

  it.each<[string, Record<string, string>]>([
    ['one is missing', {}],
    ['one is empty', { subdomain: '' }],
    ['one does not match its pattern', { subdomain: 'Acme' }],
    ['one smuggles a host', { subdomain: 'evil.test/?x=' }],
    ['one ends in a line break', { subdomain: 'acme\n' }],
    ['one is unknown', { subdomain: 'acme', nonsense: 'x' }],
    ["one is the provider's to tell", { subdomain: 'acme', account: '123' }],
  ])('are refused when %s', (_, inputs) => {
    expect(() => requireInputs(shop, inputs)).toThrow(refusal('INVALID_APP_CONNECTION', { connector: 'shop' }));
  });
});
