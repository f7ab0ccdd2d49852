import { asksFor, basic, firstOf, good, inHeader, inScheme, json } from '../vendor.js';
import type { Vendor } from '../vendor.js';

/** Three ways to carry a key, one address: what custom connectors are pointed at. */
export const acme: Vendor = {
  name: 'acme',
  connectors: ['custom_rest', 'custom_graphql', 'soap_basic'],
  hosts: ['api.acme.example'],
  presented: firstOf(inHeader('x-api-key', 'key'), inScheme('Token'), inScheme('Bearer'), basic('agent@example.com')),
  refused: json(401, { message: 'Who are you?' }),
  calls: [
    { method: 'GET', path: '/v1/me', reply: () => good({ id: 7, name: 'Acme' }) },
    { method: 'POST', path: '/graphql', wrong: asksFor('__typename', json(400, { errors: [{ message: 'Syntax Error' }] })), reply: () => good({ data: { __typename: 'Query' } }) },
    { method: 'GET', path: '/soap/orders', reply: () => ({ status: 200, body: '<?xml version="1.0"?><definitions/>', headers: { 'content-type': 'text/xml; charset=utf-8' } }) },
  ],
};
