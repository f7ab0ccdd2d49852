import { checkFolder, type Connector } from '@trunkline/catalog';
import { boundOrigins, leadsElsewhere } from './bound-origins.js';

const connector = (over: Record<string, unknown> = {}, tokenUrl = 'https://id.example/token'): Connector => {
  const { connector: made, problems } = checkFolder({
    connector: {
      id: 'crm', name: 'CRM', category: 'crm', inputs: [{ name: 'shop', title: 'Shop', pattern: '^[a-z]+$' }], base_url: 'https://api.example', allowed_origins: ['https://api.example'],
      auth: { OAUTH2: { authorize_url: 'https://id.example/authorize', token_url: tokenUrl, pkce: 'supported', client_authentication: 'none', headers: { A: '{{credential.access_token}}' } } },
      verification: { request: { path: '/me' } }, rate_limit: { posture: 'x' }, latency: 'x', ...over,
    } as never,
    streams: {},
  });
  expect(problems).toEqual([]);
  return made!;
};

it('are the API\'s and those of its token endpoints', () => expect(boundOrigins(connector())).toEqual(['https://api.example', 'https://id.example']));

const templated = (pattern = '^[a-z]+$') => ({ inputs: [{ name: 'shop', title: 'Shop', pattern }], base_url: 'https://{{inputs.shop}}.example', allowed_origins: ['https://{{inputs.shop}}.example'] });
it.each<[string, Connector, Connector, boolean]>([
  ['the same', connector(), connector({ latency: 'y' }), false],
  ['another path at the same host', connector(), connector({}, 'https://id.example/v2/token'), false],
  ['another token endpoint', connector(), connector({}, 'https://evil.example/token'), true],
  ['one more origin', connector(), connector({ allowed_origins: ['https://api.example', 'https://files.example'] }), true],
  ['one origin less', connector({ allowed_origins: ['https://api.example', 'https://files.example'] }), connector(), false],
  ['hosts that an input chooses, with another pattern', connector(templated()), connector(templated('^[a-z0-9]+$')), true],
  ['hosts that an input chooses, unchanged', connector(templated()), connector({ ...templated(), latency: 'y' }), false],
])('%s', (_, before, now, expected) => expect(leadsElsewhere(before, now)).toBe(expected));
