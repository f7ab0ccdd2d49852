import type { ConnectorFolder } from '@trunkline/contracts';

/** A connector that a tenant may define, with a key and by OAuth. What is given replaces members of `connector`. */
export const smallConnector = (id: string, over: Record<string, unknown> = {}, streams: Record<string, unknown> = {}): ConnectorFolder =>
  ({
    connector: {
      id,
      name: `Small ${id}`,
      category: 'custom',
      base_url: 'https://api.small.example',
      allowed_origins: ['https://api.small.example'],
      auth: {
        SECRET_TEXT: { headers: { Authorization: 'Bearer {{credential.secret_text}}' } },
        OAUTH2: {
          authorize_url: 'https://id.small.example/authorize',
          token_url: 'https://id.small.example/token',
          pkce: 'supported',
          client_authentication: 'client_secret_post',
          headers: { Authorization: 'Bearer {{credential.access_token}}' },
        },
      },
      verification: { request: { path: '/me' } },
      rate_limit: { posture: 'Unknown.' },
      latency: 'Unknown.',
      ...over,
    },
    streams: { items: { title: 'Items', request: { path: '/items' }, record_selector: { path: 'items' }, primary_key: ['id'], pagination: { type: 'none' } }, ...streams },
  }) as ConnectorFolder;
