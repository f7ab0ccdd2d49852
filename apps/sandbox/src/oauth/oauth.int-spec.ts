import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bearer, call, control } from '../../test/support/api.js';
import { CookieJar } from '../../test/support/cookie-jar.js';
import { CLIENT, basic, connect, exchange, refresh, token, walk } from '../../test/support/walk.js';
import type { RunningSandbox } from '../start-sandbox.js';
import { startSandbox } from '../start-sandbox.js';

let sandbox: RunningSandbox;
let url: string;

let dataDir: string;

beforeAll(async () => {
  // On disk, as in use: writes take time, so requests do overtake each other.
  dataDir = await mkdtemp(join(tmpdir(), 'sandbox-oauth-'));
  sandbox = await startSandbox({ dataDir, clients: [CLIENT], records: { contacts: 10, companies: 10, deals: 10, activities: 10 } });
  url = sandbox.url;
});
afterAll(async () => {
  await sandbox.close();
  await rm(dataDir, { recursive: true });
});

const account = (accessToken: string) => call(url, '/crm/v1/account', { headers: bearer(accessToken) });

describe('discovery', () => {
  it('describes the server at both well-known places, endpoints below the issuer', async () => {
    const inside = await call(url, '/oauth/.well-known/oauth-authorization-server');
    const outside = await call(url, '/.well-known/oauth-authorization-server/oauth');
    const openid = await call(url, '/oauth/.well-known/openid-configuration');
    expect(outside.body).toEqual(inside.body);
    expect(openid.body).toEqual(inside.body);
    expect(inside.body).toMatchObject({
      issuer: `${url}/oauth`,
      authorization_endpoint: `${url}/oauth/auth`,
      token_endpoint: `${url}/oauth/token`,
      revocation_endpoint: `${url}/oauth/token/revocation`,
      userinfo_endpoint: `${url}/oauth/me`,
      jwks_uri: `${url}/oauth/jwks`,
      code_challenge_methods_supported: ['S256'],
      response_types_supported: ['code'],
      authorization_response_iss_parameter_supported: true,
    });
    expect(inside.body.introspection_endpoint).toBeUndefined();
    expect((await call(url, '/oauth/jwks')).body.keys).toHaveLength(1);
  });
});

describe('the authorization walk', () => {
  it('goes from the authorization request through one form to tokens that open the chosen account', async () => {
    const walked = await walk(url, { account: 'acc_2' });
    expect(walked.back.get('state')).toBe(walked.state);
    expect(walked.back.get('iss')).toBe(`${url}/oauth`);
    expect(walked.page).toContain('trunkline-sandbox');
    expect(walked.page).toContain('crm.write');
    expect(walked.page).toContain('Globex');
    const { status, body } = await exchange(url, walked);
    expect(status).toBe(200);
    expect(body).toMatchObject({ token_type: 'Bearer', expires_in: 3600, scope: 'crm.read crm.write' });
    expect(body.refresh_token).toBeTruthy();
    expect(body.access_token).not.toContain('.'); // opaque, not a JWT
    expect((await account(body.access_token)).body).toEqual({ id: 'acc_2', name: 'Globex', plan: 'professional' });
  });

  it('takes a person through the same page again and lets them pick another account in the same browser', async () => {
    const jar = new CookieJar();
    const first = await connect(url, { jar, account: 'acc_1' });
    const second = await connect(url, { jar, account: 'acc_3' });
    expect((await account(first.access_token)).body.id).toBe('acc_1');
    expect((await account(second.access_token)).body.id).toBe('acc_3');
  });

  it('marks the account of login_hint', async () => {
    const { page } = await walk(url, { parameters: { login_hint: 'acc_2' } });
    expect(page).toMatch(/value="acc_2" checked/);
  });

  it('serves the page without third-party parts and not to be framed or stored', async () => {
    const jar = new CookieJar();
    const start = () => `${url}/oauth/auth?${new URLSearchParams({
      response_type: 'code', client_id: CLIENT.clientId, redirect_uri: CLIENT.redirectUris[0] as string, scope: 'crm.read',
      code_challenge: 'x'.repeat(43), code_challenge_method: 'S256',
    }).toString()}`;
    const begin = async (): Promise<URL> => {
      const redirect = await fetch(start(), { redirect: 'manual' });
      jar.store(redirect);
      return new URL(redirect.headers.get('location') as string, url);
    };
    const target = await begin();
    const page = await fetch(target, { headers: { cookie: jar.header(target) } });
    expect(page.status).toBe(200);
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(page.headers.get('cache-control')).toBe('no-store');
    const html = await page.text();
    expect(html).toContain('<html lang="en">');
    expect(html).not.toMatch(/<script|https?:\/\//);

    const stranger = await fetch(target, { method: 'POST', body: new URLSearchParams({ decision: 'allow', account: 'acc_1' }) });
    expect(stranger.status).toBe(400); // without the browser's cookie nobody consents
    const other = await begin();
    const post = (to: URL, form: Record<string, string>) =>
      fetch(to, { method: 'POST', redirect: 'manual', body: new URLSearchParams(form), headers: { cookie: jar.header(target) } });
    const crossed = await post(other, { decision: 'allow', account: 'acc_1' });
    expect(crossed.status).toBe(400); // a cookie is good for its own authorization only
    const noDecision = await post(target, { account: 'acc_1' });
    expect(noDecision.status).toBe(400);
    const noAccount = await post(target, { decision: 'allow', account: 'acc_9' });
    expect(noAccount.status).toBe(400);
    expect(await noAccount.text()).toContain('acc_1');
  });

  it('sends a refusal back to the client as access_denied', async () => {
    const { back, state } = await walk(url, { decision: 'deny' });
    expect(back.get('error')).toBe('access_denied');
    expect(back.get('state')).toBe(state);
    expect(back.get('iss')).toBe(`${url}/oauth`);
    expect(back.get('code')).toBeNull();
  });

  it('grants only the scopes that were ticked', async () => {
    const tokens = await connect(url, { form: [['scopes_shown', 'true'], ['scope', 'crm.read']] });
    expect(tokens.scope).toBe('crm.read');
    const write = await call(url, '/crm/v1/contacts', { method: 'POST', json: {}, headers: bearer(tokens.access_token) });
    expect(write.status).toBe(403);
    expect(write.headers.get('www-authenticate')).toContain('error="insufficient_scope", scope="crm.write"');
    expect((await call(url, '/crm/v1/contacts', { headers: bearer(tokens.access_token) })).status).toBe(200);
  });

  it('gives an ID token and userinfo only with the openid scope', async () => {
    const walked = await walk(url, { parameters: { scope: 'openid crm.read' } });
    const { body } = await exchange(url, walked);
    const [, payload] = (body as unknown as { id_token: string }).id_token.split('.');
    const claims = JSON.parse(Buffer.from(payload as string, 'base64url').toString()) as { sub: string };
    expect(claims.sub).toBe('acc_1');
    expect((await call(url, '/oauth/me', { headers: bearer(body.access_token) })).body).toEqual({ sub: 'acc_1', name: 'Acme GmbH' });
  });

  it('wants PKCE with S256, also from a confidential client', async () => {
    const without = await walk(url, { parameters: { code_challenge: undefined, code_challenge_method: undefined } });
    expect(without.back.get('error')).toBe('invalid_request');
    const plain = await walk(url, { parameters: { code_challenge_method: 'plain' } });
    expect(plain.back.get('error')).toBe('invalid_request');
  });

  it('never redirects to an address that is not registered', async () => {
    const answer = await fetch(`${url}/oauth/auth?response_type=code&client_id=${CLIENT.clientId}&redirect_uri=http://127.0.0.1:9/callback/x`, { redirect: 'manual' });
    expect(answer.status).toBe(400);
    expect(answer.headers.get('location')).toBeNull();
  });
});

describe('the token endpoint', () => {
  it('takes a code once: a second use fails and ends what the first one gave', async () => {
    const walked = await walk(url);
    const first = await exchange(url, walked);
    expect((await exchange(url, walked)).body.error).toBe('invalid_grant');
    expect((await account(first.body.access_token)).status).toBe(401);
  });

  it('refuses a wrong verifier and a wrong secret', async () => {
    const walked = await walk(url);
    expect((await exchange(url, { ...walked, verifier: 'y'.repeat(43) })).body.error).toBe('invalid_grant');
    const wrong = await token(url, { grant_type: 'refresh_token', refresh_token: 'x' }, { authorization: basic(CLIENT.clientId, 'wrong') });
    expect(wrong).toMatchObject({ status: 401, body: { error: 'invalid_client' } });
  });

  it('rotates refresh tokens, and a replay ends the whole family', async () => {
    const first = await connect(url);
    const second = (await refresh(url, first.refresh_token)).body;
    expect(second.refresh_token).not.toBe(first.refresh_token);
    expect((await account(second.access_token)).status).toBe(200);

    expect(await refresh(url, first.refresh_token)).toMatchObject({ status: 400, body: { error: 'invalid_grant' } });
    expect((await account(second.access_token)).status).toBe(401);
    expect((await refresh(url, second.refresh_token)).body.error).toBe('invalid_grant');
  });

  it('lets at most one of many simultaneous uses of a refresh token through', async () => {
    let won = 0;
    for (let round = 0; round < 5; round += 1) {
      const { refresh_token } = await connect(url);
      const answers = await Promise.all(Array.from({ length: 8 }, () => refresh(url, refresh_token)));
      const winners = answers.filter((answer) => answer.status === 200).length;
      expect(winners).toBeLessThanOrEqual(1);
      won += winners;
      expect(answers.filter((answer) => answer.body.error === 'invalid_grant').length).toBeGreaterThanOrEqual(7);
      for (const { status, body } of answers) {
        if (status !== 200) continue;
        expect((await account(body.access_token)).status).toBe(401);
        expect((await refresh(url, body.refresh_token)).body.error).toBe('invalid_grant');
      }
    }
    expect(won).toBeGreaterThan(0); // else the case that matters was not tried
  });

  it('keeps the refresh token when rotation is off, also at the same moment', async () => {
    await control(url, 'PUT', 'settings', { rotation: 'none' });
    try {
      const { refresh_token } = await connect(url);
      const answers = await Promise.all(Array.from({ length: 5 }, () => refresh(url, refresh_token)));
      expect(answers.map((answer) => answer.status)).toEqual([200, 200, 200, 200, 200]);
      expect(new Set(answers.map((answer) => answer.body.refresh_token))).toEqual(new Set([refresh_token]));
    } finally {
      await control(url, 'PUT', 'settings', { rotation: 'rotate' });
    }
  });

  it('gives tokens the life that is set at the moment, and refuses them afterwards', async () => {
    await control(url, 'PUT', 'settings', { accessTokenSeconds: 1 });
    try {
      const tokens = await connect(url);
      expect(tokens.expires_in).toBe(1);
      let status = 200;
      for (const end = Date.now() + 5000; status === 200 && Date.now() < end; ) ({ status } = await account(tokens.access_token));
      expect(status).toBe(401);
      await control(url, 'PUT', 'settings', { accessTokenSeconds: 7200 });
      expect((await refresh(url, tokens.refresh_token)).body.expires_in).toBe(7200);
    } finally {
      await control(url, 'PUT', 'settings', { accessTokenSeconds: 3600 });
    }
  });
});

describe('clients', () => {
  it('registers one while running: by body, by header or public, each only in its own way', async () => {
    const post = { clientId: 'by-body', clientSecret: 'secret-in-the-body', redirectUris: CLIENT.redirectUris, tokenEndpointAuthMethod: 'client_secret_post' };
    expect((await control(url, 'POST', 'clients', post)).status).toBe(201);
    const walked = await walk(url, { parameters: { client_id: 'by-body' } });
    const form = {
      grant_type: 'authorization_code',
      code: walked.back.get('code') as string,
      redirect_uri: CLIENT.redirectUris[0] as string,
      code_verifier: walked.verifier,
    };
    expect((await token(url, form, { authorization: basic('by-body', post.clientSecret) })).body.error).toBe('invalid_client');
    expect((await token(url, { ...form, client_id: 'by-body', client_secret: post.clientSecret }, {})).status).toBe(200);

    expect((await control(url, 'POST', 'clients', { clientId: 'public', redirectUris: CLIENT.redirectUris, tokenEndpointAuthMethod: 'none' })).status).toBe(201);
    const open = await walk(url, { parameters: { client_id: 'public' } });
    const answer = await token(url, { ...form, code: open.back.get('code') as string, code_verifier: open.verifier, client_id: 'public' }, {});
    expect(answer.status).toBe(200);
    expect(answer.body.refresh_token).toBeTruthy();
  });

  it('refuses a client without a secret, without redirect URIs, or with the id of a fixed one', async () => {
    expect((await control(url, 'POST', 'clients', { clientId: 'x', redirectUris: CLIENT.redirectUris })).status).toBe(400);
    expect((await control(url, 'POST', 'clients', { clientId: 'x', clientSecret: 'secret-of-x', redirectUris: [] })).status).toBe(400);
    expect((await control(url, 'POST', 'clients', { clientId: 'x', clientSecret: 'secret-of-x', redirectUris: ['https://a.example/#frag'] })).status).toBe(400);
    expect((await control(url, 'POST', 'clients', CLIENT)).status).toBe(409);
  });
});

describe('revocation (RFC 7009)', () => {
  const revoke = (value: string, authorization = basic()) =>
    fetch(`${url}/oauth/token/revocation`, { method: 'POST', headers: { authorization }, body: new URLSearchParams({ token: value }) });

  it('of the refresh token ends the whole grant, and of nothing known succeeds too', async () => {
    const tokens = await connect(url);
    const other = await connect(url);
    expect((await revoke(tokens.refresh_token)).status).toBe(200);
    expect((await account(tokens.access_token)).status).toBe(401);
    expect((await refresh(url, tokens.refresh_token)).body.error).toBe('invalid_grant');
    expect((await account(other.access_token)).status).toBe(200); // another connection of the same account stays
    expect((await revoke('never-issued')).status).toBe(200);
  });

  it('is not for other clients', async () => {
    await control(url, 'POST', 'clients', { clientId: 'other', clientSecret: 'secret-of-other', redirectUris: CLIENT.redirectUris });
    const tokens = await connect(url);
    expect((await revoke(tokens.refresh_token, basic('other', 'secret-of-other'))).status).toBe(400);
    expect((await account(tokens.access_token)).status).toBe(200);
  });
});

describe('from outside', () => {
  it('all access tokens can be ended at once while refresh tokens live on', async () => {
    const one = await connect(url, { account: 'acc_1' });
    const two = await connect(url, { account: 'acc_2' });
    expect((await control(url, 'POST', 'expire-access-tokens', { account: 'acc_1' })).body.expired).toBeGreaterThanOrEqual(1);
    expect((await account(one.access_token)).status).toBe(401);
    expect((await account(two.access_token)).status).toBe(200);
    const renewed = await refresh(url, one.refresh_token);
    expect(renewed.status).toBe(200);
    expect((await account(renewed.body.access_token)).status).toBe(200);
  });

  it('all grants of an account can be ended', async () => {
    const one = await connect(url, { account: 'acc_1' });
    const two = await connect(url, { account: 'acc_2' });
    expect((await control(url, 'POST', 'revoke-grants', { account: 'acc_2' })).body.revoked).toBeGreaterThanOrEqual(1);
    expect((await account(two.access_token)).status).toBe(401);
    expect((await refresh(url, two.refresh_token)).body.error).toBe('invalid_grant');
    expect((await account(one.access_token)).status).toBe(200);
    expect((await control(url, 'POST', 'revoke-grants', { account: 'acc_404' })).status).toBe(400);
  });
});
