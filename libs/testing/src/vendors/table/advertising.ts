import { bearer, good, inHeader, json, standardAnswer, standardRefusal } from '../vendor.js';
import type { Asked, Refusal, Reply, Vendor } from '../vendor.js';

const googleError = (status: number, code: string) => json(status, { error: { code: status, message: 'Request had invalid authentication credentials.', status: code } });

/** One authorization server for two connectors: a token of one is a token of the other as far as scopes go. */
export const google: Vendor = {
  name: 'google',
  connectors: ['google_ads', 'google_analytics'],
  hosts: ['accounts.google.com', 'oauth2.googleapis.com', 'googleads.googleapis.com', 'analyticsadmin.googleapis.com', 'analyticsdata.googleapis.com'],
  presented: (asked) => bearer(asked, 'token'),
  refused: googleError(401, 'UNAUTHENTICATED'),
  oauth: {
    authorize: { host: 'accounts.google.com', path: '/o/oauth2/v2/auth' },
    pkce: 'supported',
    token: { host: 'oauth2.googleapis.com', path: '/token' },
    client: 'post',
    expiresIn: 3599,
    refresh: 'keep',
    answer: standardAnswer,
    refusal: standardRefusal,
    revoke: {
      host: 'oauth2.googleapis.com',
      method: 'POST',
      path: '/revoke',
      client: 'post',
      ok: good({}),
      unknown: json(400, { error: 'invalid_token', error_description: 'Token expired or revoked' }),
    },
    assertion: { grant: 'jwt_bearer', algorithms: ['RS256'] },
  },
  calls: [
    { method: 'GET', host: 'googleads.googleapis.com', path: '/v25/customers:listAccessibleCustomers', reply: () => good({ resourceNames: ['customers/1234567890'] }) },
    {
      method: 'GET',
      host: 'analyticsadmin.googleapis.com',
      path: '/v1beta/accountSummaries',
      reply: () =>
        good({
          accountSummaries: [
            { name: 'accountSummaries/1000', account: 'accounts/1000', displayName: 'Acme', propertySummaries: [{ property: 'properties/2000', displayName: 'Acme shop' }] },
          ],
        }),
    },
  ],
};

const metaError = (code: number, type = 'OAuthException') => json(400, { error: { message: 'Error validating access token', type, code, fbtrace_id: 'A1' } });
const metaRefusals: Readonly<Record<Refusal, Reply>> = { client: metaError(101), code: metaError(100), refresh: metaError(190), request: metaError(100) };

export const meta: Vendor = {
  name: 'meta',
  connectors: ['meta_ads'],
  hosts: ['www.facebook.com', 'graph.facebook.com'],
  refused: metaError(190),
  oauth: {
    authorize: { host: 'www.facebook.com', path: '/v25.0/dialog/oauth' },
    pkce: 'supported',
    token: { host: 'graph.facebook.com', path: '/v25.0/oauth/access_token' },
    client: 'post',
    names: { refresh_token: 'fb_exchange_token' },
    refreshGrant: 'fb_exchange_token',
    expiresIn: 5_183_944,
    refresh: 'exchange',
    answer: ({ accessToken, expiresIn }) => ({ access_token: accessToken, token_type: 'bearer', expires_in: expiresIn }),
    refusal: (why) => metaRefusals[why],
    revoke: { host: 'graph.facebook.com', method: 'DELETE', path: '/v25.0/me/permissions', client: 'token', ok: good({ success: true }) },
  },
  calls: [
    { method: 'GET', path: '/v25.0/me', reply: () => good({ id: '10150000000000001', name: 'Ada Example' }) },
    { method: 'GET', path: '/v25.0/me/adaccounts', reply: () => good({ data: [{ id: 'act_1001', name: 'Acme ads' }], paging: {} }) },
  ],
};

const linkedinHeaders = ({ headers }: Asked): Reply | null =>
  headers['linkedin-version'] === undefined || headers['x-restli-protocol-version'] !== '2.0.0'
    ? json(400, { status: 400, code: 'VERSION_MISSING', message: 'A version must be present. Please specify a version by adding the LinkedIn-Version header.' })
    : null;

export const linkedin: Vendor = {
  name: 'linkedin',
  connectors: ['linkedin_ads'],
  hosts: ['www.linkedin.com', 'api.linkedin.com'],
  presented: (asked) => bearer(asked, 'token'),
  refused: json(401, { status: 401, serviceErrorCode: 65_600, code: 'INVALID_ACCESS_TOKEN', message: 'Invalid access token' }),
  oauth: {
    authorize: { host: 'www.linkedin.com', path: '/oauth/v2/authorization' },
    pkce: 'ignored',
    token: { host: 'www.linkedin.com', path: '/oauth/v2/accessToken' },
    client: 'post',
    expiresIn: 5_184_000,
    refresh: 'keep',
    answer: (granted) => ({ ...standardAnswer(granted), scope: granted.scopes.join(','), refresh_token_expires_in: 31_536_000 }),
    refusal: standardRefusal,
    revoke: { host: 'www.linkedin.com', method: 'POST', path: '/oauth/v2/revoke', client: 'post', ok: { status: 200 } },
  },
  calls: [
    { method: 'GET', path: '/rest/adAccounts', wrong: linkedinHeaders, reply: () => good({ elements: [{ id: 512_345_678, name: 'Acme ads', status: 'ACTIVE' }], metadata: {} }) },
  ],
};

const tiktok200 = (code: number, message: string, data: unknown = {}) => good({ code, message, request_id: '2026112100000000', data });

/** Every answer is a 200. */
export const tiktok: Vendor = {
  name: 'tiktok',
  connectors: ['tiktok_ads'],
  hosts: ['business-api.tiktok.com'],
  presented: inHeader('access-token', 'token'),
  refused: tiktok200(40_105, 'Access token is incorrect or has been revoked.'),
  oauth: {
    authorize: { host: 'business-api.tiktok.com', path: '/portal/auth' },
    pkce: 'ignored',
    token: { host: 'business-api.tiktok.com', path: '/open_api/v1.3/oauth2/access_token/' },
    body: 'json',
    client: 'post',
    names: { client_id: 'app_id', client_secret: 'secret', code: 'auth_code' },
    expiresIn: 0,
    refresh: 'none',
    answer: ({ accessToken }) => ({
      code: 0,
      message: 'OK',
      request_id: '2026112100000000',
      data: { access_token: accessToken, advertiser_ids: ['7000000000000000001', '7000000000000000002'], scope: [4, 5] },
    }),
    refusal: (why) => (why === 'client' ? tiktok200(40_001, 'The app_id or secret is wrong.') : tiktok200(40_002, 'The auth_code is invalid.')),
    callback: (query) => query.set('auth_code', query.get('code') ?? ''),
    revoke: {
      host: 'business-api.tiktok.com',
      method: 'POST',
      path: '/open_api/v1.3/oauth2/revoke_token/',
      client: 'post',
      body: 'json',
      tokenName: 'access_token',
      ok: tiktok200(0, 'OK'),
      unknown: tiktok200(40_105, 'Access token is incorrect or has been revoked.'),
    },
  },
  calls: [
    {
      method: 'GET',
      path: '/open_api/v1.3/advertiser/info/',
      wrong: ({ query }) => (query.get('advertiser_ids') === '["7000000000000000001"]' ? null : tiktok200(40_002, 'advertiser_ids: not a list of your advertisers')),
      reply: () => tiktok200(0, 'OK', { list: [{ advertiser_id: '7000000000000000001', name: 'Acme ads' }] }),
    },
  ],
};
