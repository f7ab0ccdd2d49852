import { bearer, firstOf, good, inScheme, json, standardAnswer, standardRefusal } from '../vendor.js';
import type { Vendor } from '../vendor.js';

export const hubspot: Vendor = {
  name: 'hubspot',
  connectors: ['hubspot'],
  hosts: ['app.hubspot.com', 'api.hubapi.com'],
  refused: json(401, { status: 'error', message: 'Authentication credentials not found.', correlationId: 'c-1', category: 'INVALID_AUTHENTICATION' }),
  oauth: {
    authorize: { host: 'app.hubspot.com', path: '/oauth/authorize' },
    pkce: 'supported',
    token: { host: 'api.hubapi.com', path: '/oauth/2026-03/token' },
    client: 'post',
    expiresIn: 1_800,
    refresh: 'keep',
    answer: ({ scopes: _scopes, ...granted }) => {
      const { scope: _scope, ...answer } = standardAnswer({ ...granted, scopes: [] });
      return answer;
    },
    refusal: standardRefusal,
    revoke: { host: 'api.hubapi.com', method: 'POST', path: '/oauth/2026-03/token/revoke', client: 'post', ok: good({}) },
  },
  // The dated path and the one before it, which is still served.
  calls: ['/account-info/2026-03/details', '/account-info/v3/details'].map((path) => ({
    method: 'GET',
    path,
    reply: () => good({ portalId: 1_234_567, accountType: 'STANDARD', timeZone: 'Europe/Berlin', uiDomain: 'app-eu1.hubspot.com', dataHostingLocation: 'eu1' }),
  })),
};

const klaviyoError = (status: number, code: string) => json(status, { errors: [{ id: 'e-1', status, code, title: 'Error', detail: 'Error', source: { pointer: '/data/' } }] });

export const klaviyo: Vendor = {
  name: 'klaviyo',
  connectors: ['klaviyo'],
  hosts: ['www.klaviyo.com', 'a.klaviyo.com'],
  presented: firstOf(inScheme('Klaviyo-API-Key'), (asked) => bearer(asked, 'token')),
  refused: klaviyoError(401, 'not_authenticated'),
  oauth: {
    authorize: { host: 'www.klaviyo.com', path: '/oauth/authorize' },
    pkce: 'required',
    token: { host: 'a.klaviyo.com', path: '/oauth/token' },
    client: 'basic',
    expiresIn: 3_600,
    refresh: 'keep',
    answer: standardAnswer,
    refusal: (why) => (why === 'request' ? json(400, { error: 'invalid_grant_type' }) : standardRefusal(why)),
    revoke: { host: 'a.klaviyo.com', method: 'POST', path: '/oauth/revoke', client: 'basic', ok: { status: 200 } },
  },
  calls: [
    {
      method: 'GET',
      path: '/api/accounts',
      wrong: ({ headers }) => (headers['revision'] === undefined ? klaviyoError(400, 'invalid') : null),
      reply: () => good({ data: [{ type: 'account', id: 'AbC123', attributes: { test_account: false, contact_information: { organization_name: 'Acme' } } }] }),
    },
  ],
};

/** One data centre, us6. */
export const mailchimp: Vendor = {
  name: 'mailchimp',
  connectors: ['mailchimp'],
  hosts: ['login.mailchimp.com', 'us6.api.mailchimp.com'],
  refused: json(401, { type: 'https://mailchimp.com/developer/marketing/docs/errors/', title: 'API Key Invalid', status: 401, detail: 'Your request did not include an API key.', instance: 'i-1' }),
  oauth: {
    authorize: { host: 'login.mailchimp.com', path: '/oauth2/authorize' },
    pkce: 'ignored',
    token: { host: 'login.mailchimp.com', path: '/oauth2/token' },
    client: 'post',
    expiresIn: 0,
    refresh: 'none',
    answer: ({ accessToken }) => ({ access_token: accessToken, expires_in: 0, scope: null }),
    refusal: standardRefusal,
  },
  calls: [
    {
      method: 'GET',
      host: 'login.mailchimp.com',
      path: '/oauth2/metadata',
      reply: () => good({ dc: 'us6', role: 'owner', accountname: 'Acme', login: { email: 'ada@example.com' }, api_endpoint: 'https://us6.api.mailchimp.com' }),
    },
    { method: 'GET', host: 'us6.api.mailchimp.com', path: '/3.0/', reply: () => good({ account_id: '8d3a3db4d97663a9074efcc16', account_name: 'Acme' }) },
  ],
};

export const sendgrid: Vendor = {
  name: 'sendgrid',
  connectors: ['sendgrid'],
  hosts: ['api.sendgrid.com', 'api.eu.sendgrid.com'],
  presented: (asked) => bearer(asked, 'key'),
  refused: json(401, { errors: [{ field: null, message: 'authorization required' }] }),
  calls: [{ method: 'GET', path: '/v3/scopes', reply: () => good({ scopes: ['mail.send', 'stats.read'] }) }],
};
