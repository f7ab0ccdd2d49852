import { parseConnector } from '../load/parse-connector.js';
import { checkInputs } from './check-inputs.js';

const connector = parseConnector({
  id: 'acme',
  definition: {
    name: 'connector.yaml',
    text: `id: acme
name: Acme
category: custom
inputs:
  - { name: shop, title: Shop, pattern: '^[a-z]+$' }
  - { name: note, title: Note, required: false }
  - { name: region, title: Region, pattern: '^[a-z]{2}$', filled_by: token_response }
base_url: https://{{inputs.shop}}.acme.test
allowed_origins: ['https://{{inputs.shop}}.acme.test']
auth:
  OAUTH2:
    authorize_url: https://acme.test/a
    token_url: https://acme.test/t
    pkce: supported
    client_authentication: none
    capture: { token_response: { region: region } }
    headers: { Authorization: 'Bearer {{credential.access_token}}' }
verification: { request: { path: / } }
rate_limit: { posture: None. }
latency: None.
`,
  },
  streams: new Map(),
});
const messages = (values: Record<string, string>, whole = false) => checkInputs(connector, values, { whole }).map(({ message }) => message);

describe('inputs of a connection', () => {
  it('fit when the required ones are there and match', () => {
    expect(messages({ shop: 'north' })).toEqual([]);
    expect(messages({ shop: 'north', note: 'anything\nat all' })).toEqual([]);
    expect(messages({ shop: 'north', region: 'eu' }, true)).toEqual([]);
  });

  it.each<[string, Record<string, string>, string]>([
    ['a missing one', {}, '"shop" (Shop) is missing'],
    ['an empty one', { shop: '' }, '"shop" (Shop) is missing'],
    ['an inherited one', Object.create({ shop: 'north' }) as Record<string, string>, '"shop" (Shop) is missing'],
    ['one that does not match', { shop: 'evil.test/?' }, '"shop" must match ^[a-z]+$'],
    ['one with a line break behind what matches', { shop: 'north\n' }, '"shop" must match ^[a-z]+$'],
    ['one the connector does not have', { shop: 'north', token_url: 'https://evil.test' }, 'Acme has no input "token_url"'],
    ['one that is too long', { shop: 'north', note: 'x'.repeat(2_049) }, '"note" is longer than 2048 characters'],
  ])('refuse %s', (_, values, message) => {
    expect(messages(values)).toEqual([message]);
  });

  it('may lack what the provider brings until a request needs it', () => {
    expect(messages({ shop: 'north' })).toEqual([]);
    expect(messages({ shop: 'north' }, true)).toEqual(['"region" (Region) is missing']);
  });
});
