import { Secret } from '@trunkline/contracts';
import { parseConnector } from '@trunkline/catalog';
import type { Connector } from '@trunkline/catalog';
import type { Credential } from '../../src/index.js';

// JSON is YAML 1.2, so definitions can be written as values here.
type Fields = Record<string, unknown>;

const base = {
  id: 'acme',
  name: 'Acme',
  category: 'custom',
  available_when: 'acme_url',
  base_url: '{{settings.acme_url}}/api',
  allowed_origins: ['{{settings.acme_url}}'],
  auth: {
    OAUTH2: {
      authorize_url: '{{settings.acme_url}}/authorize',
      token_url: '{{settings.acme_url}}/token',
      pkce: 'supported',
      client_authentication: 'client_secret_basic',
      headers: { Authorization: 'Bearer {{credential.access_token}}' },
    },
    SECRET_TEXT: { headers: { 'X-Key': '{{credential.secret_text}}' } },
  },
  verification: { request: { path: '/me' }, account: { id: 'account.id', name: 'account.name' } },
  rate_limit: { posture: 'Friendly.' },
  latency: 'None.',
};

/** A small connector for the local server; `changes` replaces whole fields. */
export function acme(changes: Fields = {}, streams: Record<string, Fields> = {}): Connector {
  return parseConnector({
    id: 'acme',
    definition: { name: 'connector.yaml', text: JSON.stringify({ ...base, ...changes }) },
    streams: new Map(Object.entries(streams).map(([name, stream]) => [name, { name: `streams/${name}.yaml`, text: JSON.stringify(stream) }])),
  });
}

/** Acme with OAuth fields besides or instead of the usual ones. */
export const acmeOauth = (fields: Fields, changes: Fields = {}): Connector => acme({ ...changes, auth: { OAUTH2: { ...base.auth.OAUTH2, ...fields } } });

export const key = (text = 'key-1'): Credential => ({ type: 'SECRET_TEXT', secretText: new Secret(text) });
export const bearer = (text = 'token-1'): Credential => ({ type: 'OAUTH2', accessToken: new Secret(text), tokenType: 'Bearer' });

/** A stream with what is common to all of them in tests. */
export const stream = (fields: Fields): Fields => ({
  title: 'Items',
  request: { path: '/items' },
  record_selector: { path: 'items' },
  primary_key: ['id'],
  pagination: { type: 'none' },
  ...fields,
});
