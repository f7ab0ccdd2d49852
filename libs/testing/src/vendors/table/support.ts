import { basic, bearer, firstOf, good, json, standardAnswer, standardRefusal } from '../vendor.js';
import type { Refusal, Vendor } from '../vendor.js';

const token = (asked: Parameters<typeof bearer>[0]) => bearer(asked, 'token');

/** One account, acme. */
export const gorgias: Vendor = {
  name: 'gorgias',
  connectors: ['gorgias'],
  hosts: ['acme.gorgias.com'],
  presented: firstOf(basic('agent@example.com'), token),
  refused: json(401, { error: { msg: 'Unauthorized' } }),
  oauth: {
    authorize: { host: 'acme.gorgias.com', path: '/oauth/authorize' },
    pkce: 'ignored',
    token: { host: 'acme.gorgias.com', path: '/oauth/token' },
    client: 'basic',
    expiresIn: 86_400,
    refresh: 'keep',
    answer: standardAnswer,
    refusal: standardRefusal,
  },
  calls: [{ method: 'GET', path: '/api/account', reply: () => good({ domain: 'acme', status: { status: 'active' } }) }],
};

const anonymous = good({ user: { id: null, name: 'Anonymous user', role: 'end-user' } });

/** One account, acme. Who brings no credential is answered 200, as nobody. */
export const zendesk: Vendor = {
  name: 'zendesk',
  connectors: ['zendesk'],
  hosts: ['acme.zendesk.com'],
  presented: firstOf(basic('agent@example.com/token'), token),
  refused: json(401, { error: "Couldn't authenticate you" }),
  oauth: {
    authorize: { host: 'acme.zendesk.com', path: '/oauth/authorizations/new' },
    pkce: 'supported',
    token: { host: 'acme.zendesk.com', path: '/oauth/tokens' },
    body: 'json',
    client: 'post',
    params: { expires_in: '1800' },
    expiresIn: 1_800,
    refresh: 'rotate',
    clientCredentials: true,
    answer: (granted) => ({ ...standardAnswer(granted), token_type: 'bearer', refresh_token_expires_in: 2_592_000 }),
    refusal: standardRefusal,
    revoke: { host: 'acme.zendesk.com', method: 'DELETE', path: '/api/v2/oauth/tokens/current.json', client: 'token', ok: { status: 204 } },
  },
  calls: [
    {
      method: 'GET',
      path: '/api/v2/users/me.json',
      reply: ({ headers }) => (headers['authorization'] === undefined ? anonymous : good({ user: { id: 35_436, name: 'Ada Agent', role: 'agent' } })),
    },
  ],
};

const slackErrors: Readonly<Record<Refusal, string>> = {
  client: 'bad_client_secret',
  code: 'invalid_code',
  refresh: 'invalid_refresh_token',
  request: 'invalid_grant_type',
};
const slackError = (error: string) => good({ ok: false, error });

/** An app with token rotation. Every answer is a 200. */
export const slack: Vendor = {
  name: 'slack',
  connectors: ['slack'],
  hosts: ['slack.com'],
  refused: slackError('invalid_auth'),
  oauth: {
    authorize: { host: 'slack.com', path: '/oauth/v2/authorize' },
    pkce: 'ignored',
    token: { host: 'slack.com', path: '/api/oauth.v2.access' },
    client: 'post',
    expiresIn: 43_200,
    refresh: 'rotate',
    answer: ({ accessToken, refreshToken, scopes, expiresIn }) => ({
      ok: true,
      access_token: accessToken,
      token_type: 'bot',
      scope: scopes.join(','),
      refresh_token: refreshToken,
      expires_in: expiresIn,
      bot_user_id: 'U0001',
      app_id: 'A0001',
      team: { id: 'T0001', name: 'Acme' },
      enterprise: null,
      authed_user: { id: 'U0002' },
    }),
    refusal: (why) => slackError(slackErrors[why]),
    revoke: { host: 'slack.com', method: 'POST', path: '/api/auth.revoke', client: 'token', ok: good({ ok: true, revoked: true }) },
  },
  calls: [
    {
      method: 'POST',
      path: '/api/auth.test',
      reply: () => good({ ok: true, url: 'https://acme.slack.com/', team: 'Acme', user: 'bot', team_id: 'T0001', user_id: 'U0001', bot_id: 'B0001' }),
    },
  ],
};
