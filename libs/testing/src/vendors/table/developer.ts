import { asksFor, bearer, firstOf, good, inHeader, json, standardAnswer, standardRefusal } from '../vendor.js';
import type { Refusal, Vendor } from '../vendor.js';

const githubErrors: Readonly<Record<Refusal, string>> = {
  client: 'incorrect_client_credentials',
  code: 'bad_verification_code',
  refresh: 'bad_refresh_token',
  request: 'unsupported_grant_type',
};

/** A GitHub App with user tokens that expire. Errors of the token endpoint are 200s; granted scopes come with commas. */
export const github: Vendor = {
  name: 'github',
  connectors: ['github'],
  hosts: ['github.com', 'api.github.com'],
  refused: json(401, { message: 'Bad credentials', documentation_url: 'https://docs.github.com/rest', status: '401' }),
  oauth: {
    authorize: { host: 'github.com', path: '/login/oauth/authorize' },
    pkce: 'supported',
    token: { host: 'github.com', path: '/login/oauth/access_token' },
    client: 'post',
    expiresIn: 28_800,
    refresh: 'rotate',
    answer: ({ accessToken, refreshToken, scopes, expiresIn }) => ({
      access_token: accessToken,
      expires_in: expiresIn,
      refresh_token: refreshToken,
      refresh_token_expires_in: 15_897_600,
      scope: scopes.join(','),
      token_type: 'bearer',
    }),
    refusal: (why) => good({ error: githubErrors[why], error_description: 'See the documentation.' }),
    revoke: { host: 'api.github.com', method: 'DELETE', path: '/applications/{client_id}/grant', client: 'basic', body: 'json', tokenName: 'access_token', ok: { status: 204 }, unknown: json(404, { message: 'Not Found' }) },
  },
  calls: [
    {
      method: 'GET',
      host: 'api.github.com',
      path: '/user',
      wrong: ({ headers }) => (headers['user-agent'] === undefined ? json(403, { message: 'Request forbidden by administrative rules.' }) : null),
      reply: () => good({ login: 'octo', id: 583_231, type: 'User', name: 'Octo Cat' }),
    },
  ],
};

export const posthog: Vendor = {
  name: 'posthog',
  connectors: ['posthog'],
  hosts: ['oauth.posthog.com', 'us.posthog.com', 'eu.posthog.com'],
  refused: json(401, { type: 'authentication_error', code: 'authentication_failed', detail: 'Personal API key found in request Authorization header is invalid.', attr: null }),
  oauth: {
    authorize: { host: 'oauth.posthog.com', path: '/oauth/authorize/' },
    pkce: 'required',
    token: { host: 'oauth.posthog.com', path: '/oauth/token/' },
    client: 'none',
    expiresIn: 3_600,
    refresh: 'rotate',
    answer: standardAnswer,
    refusal: standardRefusal,
    revoke: { host: 'oauth.posthog.com', method: 'POST', path: '/oauth/revoke/', client: 'none', ok: { status: 200 } },
  },
  calls: [
    { method: 'GET', path: '/api/users/@me/', reply: () => good({ uuid: 'u-1', email: 'ada@example.com', organization: { id: 'org-1', name: 'Acme' }, team: { id: 1 } }) },
  ],
};

export const vercel: Vendor = {
  name: 'vercel',
  connectors: ['vercel'],
  hosts: ['vercel.com', 'api.vercel.com'],
  refused: json(403, { error: { code: 'forbidden', message: 'Not authorized', invalidToken: true } }),
  oauth: {
    authorize: { host: 'vercel.com', path: '/oauth/authorize' },
    pkce: 'required',
    token: { host: 'api.vercel.com', path: '/login/oauth/token' },
    client: 'basic',
    expiresIn: 3_600,
    refresh: 'rotate',
    answer: standardAnswer,
    refusal: standardRefusal,
    revoke: { host: 'api.vercel.com', method: 'POST', path: '/login/oauth/token/revoke', client: 'basic', ok: { status: 200 } },
  },
  calls: [{ method: 'GET', host: 'api.vercel.com', path: '/v2/user', reply: () => good({ user: { id: 'AEIIDYVk', email: 'ada@example.com', name: 'Ada', username: 'ada' } }) }],
};

/** Using a refresh token twice would end the whole authorization there; here it is refused. */
export const railway: Vendor = {
  name: 'railway',
  connectors: ['railway'],
  hosts: ['backboard.railway.com'],
  refused: good({ errors: [{ message: 'Not Authorized', path: ['me'], extensions: { code: 'INTERNAL_SERVER_ERROR' } }], data: null }),
  oauth: {
    authorize: { host: 'backboard.railway.com', path: '/oauth/auth' },
    pkce: 'supported',
    token: { host: 'backboard.railway.com', path: '/oauth/token' },
    client: 'basic',
    expiresIn: 3_600,
    refresh: 'rotate',
    answer: standardAnswer,
    refusal: standardRefusal,
    callback: (query) => query.set('iss', 'https://backboard.railway.com'),
  },
  calls: [
    {
      method: 'POST',
      path: '/graphql/v2',
      wrong: asksFor('me', json(400, { errors: [{ message: 'Syntax Error' }] })),
      reply: () => good({ data: { me: { id: 'u-1', name: 'Ada', email: 'ada@example.com' } } }),
    },
  ],
};

/** Keys go in X-Figma-Token, tokens in Authorization; either in the other's place is a 403, like anything wrong. */
export const figma: Vendor = {
  name: 'figma',
  connectors: ['figma'],
  hosts: ['www.figma.com', 'api.figma.com'],
  presented: firstOf(inHeader('x-figma-token', 'key'), (asked) => bearer(asked, 'token')),
  refused: json(403, { status: 403, err: 'Invalid token' }),
  oauth: {
    authorize: { host: 'www.figma.com', path: '/oauth' },
    pkce: 'ignored',
    token: { host: 'api.figma.com', path: '/v1/oauth/token', refreshPath: '/v1/oauth/refresh' },
    client: 'basic',
    expiresIn: 7_776_000,
    refresh: 'keep',
    answer: ({ accessToken, refreshToken, expiresIn }) =>
      refreshToken === null
        ? { access_token: accessToken, expires_in: expiresIn }
        : { user_id: 1_234, access_token: accessToken, refresh_token: refreshToken, expires_in: expiresIn, token_type: 'bearer' },
    refusal: standardRefusal,
  },
  calls: [{ method: 'GET', host: 'api.figma.com', path: '/v1/me', reply: () => good({ id: '1234', email: 'ada@example.com', handle: 'Ada', img_url: 'https://www.figma.com/x' }) }],
};
