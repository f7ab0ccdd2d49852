import { CatalogError } from '../load/catalog-error.js';
import { parseConnector } from '../load/parse-connector.js';

type Fields = Record<string, unknown>;
const lookup = { request: { url: 'https://api.acme.test/accounts' }, values: { account: { path: 'accounts.0.name', match: '^accounts/([0-9]+)$' } } };
const oauth = {
  authorize_url: 'https://id.acme.test/authorize',
  token_url: 'https://id.acme.test/token',
  pkce: 'supported',
  client_authentication: 'client_secret_post',
  headers: { Authorization: 'Bearer {{credential.access_token}}' },
  capture: { lookup },
};
const account = { name: 'account', title: 'Account', pattern: '^[0-9]+$', filled_by: 'lookup' };
const region = { name: 'region', title: 'Region', required: false };
const base = {
  id: 'acme',
  name: 'Acme',
  category: 'crm',
  inputs: [account, region],
  base_url: 'https://api.acme.test/{{inputs.account}}',
  allowed_origins: ['https://api.acme.test'],
  auth: { OAUTH2: oauth },
  verification: { request: { path: '/me' } },
  rate_limit: { posture: 'Friendly.' },
  latency: 'None.',
};

function problemsOf(changes: Fields, oauthChanges: Fields = {}): string {
  try {
    const text = JSON.stringify({ ...base, auth: { OAUTH2: { ...oauth, ...oauthChanges } }, ...changes });
    parseConnector({ id: 'acme', definition: { name: 'acme/connector.yaml', text }, streams: new Map() });
    return '';
  } catch (error) {
    if (error instanceof CatalogError) return error.message;
    throw error;
  }
}

it('takes a connector that looks its account up', () => {
  expect(problemsOf({})).toBe('');
});

it.each<[string, Fields, Fields, string]>([
  ['an input nobody looks up', {}, { capture: {} }, 'needs auth.OAUTH2.capture.lookup.values.account'],
  ['a value for no input', { inputs: [account] }, { capture: { lookup: { ...lookup, values: { ...lookup.values, other: { path: 'x' } } } } }, 'fills no input with "filled_by: lookup"'],
  ['a lookup below the base URL', {}, { capture: { lookup: { ...lookup, request: { path: '/accounts' } } } }, 'needs "url"'],
  ['a lookup elsewhere', {}, { capture: { lookup: { ...lookup, request: { url: 'https://evil.test/accounts' } } } }, 'must begin with one of allowed_origins'],
  ['a lookup with an input that could break out of its text', {}, { capture: { lookup: { ...lookup, request: { ...lookup.request, query: { q: 'region:{{inputs.region}}' } } } } }, 'needs a pattern to stand inside a longer text'],
  ['a match that is not anchored', {}, { capture: { lookup: { ...lookup, values: { account: { path: 'x', match: 'accounts/(.*)' } } } } }, 'must be anchored'],
  ['an account known twice', { verification: { request: { path: '/me' }, account: { id: 'id', id_input: 'account' } } }, {}, 'has either "id" or "id_input"'],
  ['an account known by an input that may be missing', { verification: { request: { path: '/me' }, account: { id_input: 'region' } } }, {}, '"region" is not a required input'],
  ['an account known by an input there is not', { verification: { request: { path: '/me' }, account: { id_input: 'nothing' } } }, {}, '"nothing" is not a required input'],
  ['the client id outside of revocation', { base_url: 'https://api.acme.test/{{app.client_id}}' }, {}, '{{app.client_id}} cannot be used here'],
  ['another word of the app', {}, { revocation: { url: 'https://api.acme.test/{{app.client_secret}}' } }, '"app" has client_id'],
  ['a word revocation does not have', {}, { revocation: { url: 'https://api.acme.test/x', parameter_names: { code: 'x' } } }, 'code'],
])('refuses %s', (_what, changes, oauthChanges, message) => {
  expect(problemsOf(changes, oauthChanges)).toContain(message);
});
