/** A connector that a tenant may define: the least there can be. */
export const smallConnector = (name: string) => ({
  connector: {
    id: name.toLowerCase().replaceAll(/[^a-z0-9]+/g, '_').replace(/^_+/, '').slice(0, 50),
    name: 'Small',
    category: 'custom',
    base_url: 'https://api.example.com',
    allowed_origins: ['https://api.example.com'],
    auth: { SECRET_TEXT: { headers: { Authorization: 'Bearer {{credential.secret_text}}' } } },
    verification: { request: { path: '/me' } },
    rate_limit: { posture: 'Unknown.' },
    latency: 'Unknown.',
  },
  streams: { items: { title: 'Items', request: { path: '/items' }, record_selector: { path: '' }, primary_key: ['id'], pagination: { type: 'none' } } },
});
