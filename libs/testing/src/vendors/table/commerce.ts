import { createHmac } from 'node:crypto';
import { asksFor, bearer, fieldsOf, good, inHeader, json, standardAnswer, standardRefusal } from '../vendor.js';
import type { Vendor } from '../vendor.js';

export const stripe: Vendor = {
  name: 'stripe',
  connectors: ['stripe'],
  hosts: ['api.stripe.com'],
  presented: (asked) => bearer(asked, 'key'),
  refused: json(401, { error: { message: 'Invalid API Key provided: sk_test_***', type: 'invalid_request_error' } }),
  calls: [{ method: 'GET', path: '/v1/balance', reply: () => good({ object: 'balance', available: [{ amount: 1_200, currency: 'eur' }], livemode: false, pending: [] }) }],
};

/** One shop, acme. */
export const shopify: Vendor = {
  name: 'shopify',
  connectors: ['shopify'],
  hosts: ['acme.myshopify.com'],
  presented: inHeader('x-shopify-access-token', 'either'),
  refused: json(401, { errors: '[API] Invalid API key or access token (unrecognized login or wrong password)' }),
  oauth: {
    authorize: { host: 'acme.myshopify.com', path: '/admin/oauth/authorize' },
    pkce: 'ignored',
    token: { host: 'acme.myshopify.com', path: '/admin/oauth/access_token' },
    body: 'json',
    client: 'post',
    params: { expiring: '1' },
    expiresIn: 3_600,
    refresh: 'rotate',
    answer: ({ accessToken, refreshToken, scopes, expiresIn }) => ({
      access_token: accessToken,
      scope: scopes.join(','),
      expires_in: expiresIn,
      refresh_token: refreshToken,
      refresh_token_expires_in: 7_776_000,
    }),
    refusal: standardRefusal,
    callback: (query, { clientSecret }) => {
      query.set('shop', 'acme.myshopify.com');
      query.set('timestamp', String(Math.floor(Date.now() / 1_000)));
      query.sort();
      const text = [...query].map(([name, value]) => `${name}=${value}`).join('&');
      query.set('hmac', createHmac('sha256', clientSecret).update(text).digest('hex'));
    },
    revoke: { host: 'acme.myshopify.com', method: 'DELETE', path: '/admin/api_permissions/current.json', client: 'token', ok: good({}) },
  },
  calls: [
    {
      method: 'POST',
      path: '/admin/api/2026-10/graphql.json',
      wrong: asksFor('shop', good({ errors: [{ message: 'Field does not exist', extensions: { code: 'undefinedField' } }] })),
      reply: () => good({ data: { shop: { id: 'gid://shopify/Shop/1', name: 'Acme', myshopifyDomain: 'acme.myshopify.com' } } }),
    },
  ],
};

export const quickbooks: Vendor = {
  name: 'quickbooks',
  connectors: ['quickbooks'],
  hosts: ['appcenter.intuit.com', 'oauth.platform.intuit.com', 'developer.api.intuit.com', 'quickbooks.api.intuit.com', 'sandbox-quickbooks.api.intuit.com'],
  presented: (asked) => bearer(asked, 'token'),
  refused: json(401, { warnings: null, fault: { error: [{ message: 'message=AuthenticationFailed; errorCode=003200; statusCode=401', code: '3200' }], type: 'AUTHENTICATION' } }),
  oauth: {
    authorize: { host: 'appcenter.intuit.com', path: '/connect/oauth2' },
    pkce: 'ignored',
    token: { host: 'oauth.platform.intuit.com', path: '/oauth2/v1/tokens/bearer' },
    client: 'basic',
    expiresIn: 3_600,
    refresh: 'rotate',
    answer: ({ accessToken, refreshToken, expiresIn }) => ({
      token_type: 'bearer',
      access_token: accessToken,
      expires_in: expiresIn,
      refresh_token: refreshToken,
      x_refresh_token_expires_in: 8_726_400,
    }),
    refusal: standardRefusal,
    callback: (query) => query.set('realmId', '9341450000000001'),
    revoke: { host: 'developer.api.intuit.com', method: 'POST', path: '/v2/oauth2/tokens/revoke', client: 'basic', body: 'json', ok: { status: 200 } },
  },
  calls: [
    {
      method: 'GET',
      path: '/v3/company/9341450000000001/companyinfo/9341450000000001',
      reply: () => good({ CompanyInfo: { Id: '1', CompanyName: 'Acme GmbH', Country: 'US' }, time: '2026-11-21T00:00:00Z' }),
    },
  ],
};

/** One account, 1234567. */
export const netsuite: Vendor = {
  name: 'netsuite',
  connectors: ['netsuite'],
  hosts: ['1234567.app.netsuite.com', '1234567.suitetalk.api.netsuite.com'],
  presented: (asked) => bearer(asked, 'token'),
  refused: json(401, { type: 'https://www.rfc-editor.org/rfc/rfc9110.html#section-15.5.2', title: 'Unauthorized', status: 401, 'o:errorDetails': [{ 'o:errorCode': 'INVALID_LOGIN' }] }),
  oauth: {
    authorize: { host: '1234567.app.netsuite.com', path: '/app/login/oauth2/authorize.nl' },
    pkce: 'required',
    token: { host: '1234567.suitetalk.api.netsuite.com', path: '/services/rest/auth/oauth2/v1/token' },
    client: 'basic',
    expiresIn: 3_600,
    refresh: 'keep',
    answer: (granted) => ({ ...standardAnswer(granted), expires_in: String(granted.expiresIn) }),
    refusal: standardRefusal,
    revoke: { host: '1234567.suitetalk.api.netsuite.com', method: 'POST', path: '/services/rest/auth/oauth2/v1/revoke', client: 'basic', ok: { status: 200 } },
    assertion: { grant: 'client_assertion', algorithms: ['PS256', 'ES256'] },
  },
  calls: [
    {
      method: 'POST',
      path: '/services/rest/query/v1/suiteql',
      wrong: (asked) => (asked.headers['prefer'] === 'transient' && fieldsOf(asked, 'json')?.['q'] !== undefined ? null : json(400, { title: 'Bad Request', status: 400 })),
      reply: () => good({ links: [], count: 1, hasMore: false, items: [{ links: [], id: '1', name: 'Acme GmbH' }], offset: 0, totalResults: 1 }),
    },
  ],
};

/** One org, acme. */
export const salesforce: Vendor = {
  name: 'salesforce',
  connectors: ['salesforce'],
  hosts: ['login.salesforce.com', 'acme.my.salesforce.com'],
  presented: (asked) => bearer(asked, 'token'),
  refused: json(401, [{ message: 'Session expired or invalid', errorCode: 'INVALID_SESSION_ID' }]),
  oauth: {
    authorize: { host: 'login.salesforce.com', path: '/services/oauth2/authorize' },
    pkce: 'required',
    token: { host: 'login.salesforce.com', path: '/services/oauth2/token' },
    client: 'post',
    expiresIn: 7_200,
    refresh: 'keep',
    answer: ({ accessToken, refreshToken, scopes }) => ({
      access_token: accessToken,
      ...(refreshToken !== null && { refresh_token: refreshToken }),
      signature: 'c2lnbmF0dXJl',
      scope: scopes.join(' '),
      instance_url: 'https://acme.my.salesforce.com',
      id: 'https://login.salesforce.com/id/00D000000000001EAA/005000000000001AAA',
      token_type: 'Bearer',
      issued_at: String(Date.now()),
    }),
    refusal: standardRefusal,
    revoke: { host: 'login.salesforce.com', method: 'POST', path: '/services/oauth2/revoke', client: 'post', ok: { status: 200 }, unknown: json(400, { error: 'invalid_token' }) },
  },
  calls: [
    {
      method: 'GET',
      host: 'acme.my.salesforce.com',
      path: '/services/oauth2/userinfo',
      reply: () => good({ user_id: '005000000000001AAA', organization_id: '00D000000000001EAA', name: 'Ada Admin', preferred_username: 'ada@acme.example' }),
    },
  ],
};
