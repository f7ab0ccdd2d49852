import { connectLinks, connectors, Secret, type ConnectorSummary, type ConnectLink, type ErrorCode, type ReplyOf, type RequestOf } from '@trunkline/contracts';
import { AppError } from '@trunkline/service';
import { seen, World } from './world.js';

const token = 'a'.repeat(43);
const hostile = `<script>alert(1)</script>" onload="x' &`;
const fields = (...names: [string, boolean][]) => names.map(([name, secret]) => ({ name, title: name.toUpperCase(), required: name !== 'passphrase', secret }));
const way = (type: ConnectorSummary['authMethods'][number]['type'], given = fields()) => ({ type, fields: given, grantTypes: type === 'OAUTH2' ? (['authorization_code'] as const).slice() : [], scopes: [] });
const connector = (id: string, over: Partial<ConnectorSummary> = {}): ConnectorSummary => ({
  id, name: id.toUpperCase(), category: 'crm', aliases: [], authMethods: [way('OAUTH2'), way('SECRET_TEXT', fields(['secret_text', true]))],
  inputs: [{ name: 'shop', title: hostile, description: hostile, pattern: '^[a-z"]+$', required: true }, { name: 'region', title: 'Region', required: false }],
  streams: [], rateLimit: '', latency: '', staticEgress: false, ...over,
});
const link: ConnectLink = {
  id: 'link_1', platformId: 'plat_1', projectId: 'proj_1', endUser: { id: 'u-1' }, connectors: ['acme'], connectionId: null, status: 'open', usedConnectionId: null,
  returnUrl: null, expiresAt: '2030-01-01T00:00:00.000Z', created: '2026-01-01T00:00:00.000Z',
};
type Opened = ReplyOf<typeof connectLinks.open>;

describe('connect links', () => {
  let world: World;
  let opened: Opened;
  let refuse: AppError | null;
  let returnUrl: string | null;
  const authorized: RequestOf<typeof connectLinks.authorize>[] = [];
  const connected: RequestOf<typeof connectLinks.connect>[] = [];
  const created: RequestOf<typeof connectLinks.create>[] = [];
  const invalid = () => new AppError('CONNECT_LINK_INVALID', 'This link does not work.');
  const check = (given: Secret) => {
    if (given.reveal() !== token) throw invalid();
    if (refuse !== null) throw refuse;
  };

  beforeAll(async () => {
    world = await World.start();
    await Promise.all([
      world.answer(connectLinks.create, (request: RequestOf<typeof connectLinks.create>) => {
        created.push(request);
        return { ...link, token: new Secret(token) };
      }),
      world.answer(connectLinks.list, () => ({ data: [link], next: null, previous: null })),
      world.answer(connectLinks.get, () => link),
      world.answer(connectLinks.revoke, () => ({ ...link, status: 'revoked' as const })),
      world.answer(connectLinks.open, (request: RequestOf<typeof connectLinks.open>) => {
        if (request.token.reveal() !== token) throw invalid();
        return opened;
      }),
      world.answer(connectLinks.authorize, (request: RequestOf<typeof connectLinks.authorize>) => {
        check(request.token);
        authorized.push(request);
        return { connectionId: 'conn_1', connector: request.connector, authorizationUrl: 'https://provider.example/authorize?state=s', expiresAt: '2030-01-01T00:00:00.000Z' };
      }),
      world.answer(connectLinks.connect, (request: RequestOf<typeof connectLinks.connect>) => {
        check(request.token);
        connected.push(request);
        return { connectionId: 'conn_1', connector: request.connector, account: { id: '1', name: '<b>Acme</b>' }, returnUrl };
      }),
      world.answer(connectors.logo, ({ connector: id }: RequestOf<typeof connectors.logo>) => {
        if (id === 'plain') throw new AppError('ENTITY_NOT_FOUND', 'none');
        return { svg: '<svg onload="alert(1)"/>' };
      }),
    ]);
  });
  afterAll(() => world?.stop());
  beforeEach(() => {
    refuse = null;
    returnUrl = null;
    opened = {
      platformName: hostile, projectName: hostile, endUser: { id: hostile, displayName: null, email: null }, reconnect: false, connectors: [connector('acme')], givenInputs: [],
      expiresAt: '2030-01-01T00:00:00.000Z',
    };
    for (const list of [authorized, connected, created]) list.length = 0;
  });

  const asBrowser = { accept: 'text/html', origin: 'https://trunkline.example' };
  const page = (path = `/connect/${token}`, headers: Record<string, string> = { accept: 'text/html' }) => world.call(path, { key: '', headers });
  const form = (path: string, body: string | Record<string, string>, headers: Record<string, string> = asBrowser) =>
    world.call(`/connect/${token}/${path}`, {
      method: 'POST', key: '', body: typeof body === 'string' ? body : new URLSearchParams(body).toString(), headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
    });
  const keyFields = { connector: 'acme', type: 'SECRET_TEXT', 'inputs.shop': 'acme', 'members.secret_text': 'sk_1' };

  describe('as JSON', () => {
    it('are made with an address that is shown once, listed, read and revoked', async () => {
      const answer = await world.post('/api/v1/connect-links', { endUser: { id: 'u-1' }, connectors: ['acme'] });
      expect(answer.headers.get('cache-control')).toBe('no-store');
      expect(await seen(answer)).toEqual([201, { ...link, url: `https://trunkline.example/connect/${token}` }]);
      expect(created[0]).toMatchObject({ principal: { id: 'key_1' }, link: { expiresInMinutes: 30, allowOtherAccount: false, inputs: {}, scopes: [] } });
      expect(await seen(await world.call('/api/v1/connect-links?limit=5'))).toEqual([200, { data: [link], next: null, previous: null }]);
      expect(await seen(await world.call('/api/v1/connect-links/link_1'))).toEqual([200, link]);
      expect(await seen(await world.call('/api/v1/connect-links/link_1', { method: 'DELETE' }))).toEqual([200, { ...link, status: 'revoked' }]);
    });

    it('need the right to write', async () => {
      expect((await world.post('/api/v1/connect-links', { endUser: { id: 'u' }, connectors: ['acme'] }, { key: 'reader' })).status).toBe(403);
      expect((await world.post('/api/v1/connect-links', { endUser: { id: 'u' }, connectors: ['acme'], expiresInMinutes: 100_000 })).status).toBe(400);
      expect((await world.call('/api/v1/connect-links/link_1', { method: 'DELETE', key: 'reader' })).status).toBe(403);
    });
  });

  describe('the page', () => {
    it('says for whom and for which product, has no script in it, and may neither be framed, kept nor found', async () => {
      opened = { ...opened, platformName: 'Acme', projectName: 'Shop', endUser: { id: 'u-1', displayName: 'Grace', email: 'grace@example.com' } };
      const answer = await page();
      const text = await answer.text();
      expect(answer.status).toBe(200);
      expect(text).toContain('<h1>Connect ACME for Grace to Shop (Acme)</h1>');
      expect(text).toContain('grace@example.com');
      expect(Object.fromEntries(answer.headers)).toMatchObject({
        'cache-control': 'no-store', 'referrer-policy': 'no-referrer', 'x-robots-tag': 'noindex', 'x-frame-options': 'DENY', 'x-content-type-options': 'nosniff',
        'content-type': 'text/html; charset=utf-8',
        'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'none'; base-uri 'none'; form-action 'self' https:",
      });
      expect(answer.headers.get('set-cookie')).toBeNull();
      expect(text).not.toMatch(/<script|\son\w+=["']|<link|<iframe|javascript:/i);
      expect([...text.matchAll(/(?:src|href|action)="([^"]*)"/g)].map(([, url]) => url!.split(/[;?]/)[0])).toEqual([
        'data:image/svg+xml', `https://trunkline.example/connect/${token}/authorize`, `https://trunkline.example/connect/${token}/key`,
      ]);
    });

    it('shows hostile names as text', async () => {
      const text = await (await page()).text();
      expect(text).not.toMatch(/<script|<b>/);
      expect(text).toContain('&lt;script&gt;alert(1)&lt;/script&gt;&quot; onload=&quot;x&#39; &amp;');
      for (const [tag] of text.matchAll(/<(?:input|label|form|img|h1|dd)\b[^>]*>/g)) expect(tag).not.toMatch(/\sonload=(?=["'])/);
      expect(text).toContain('pattern="^[a-z&quot;]+$"');
    });

    it('has labelled fields that the browser does not remember, secrets as dots', async () => {
      opened = {
        ...opened,
        givenInputs: ['region'],
        connectors: [connector('acme', {
          authMethods: [
            way('KEY_PAIR', fields(['username', false], ['private_key', true], ['signing_key_id', false], ['passphrase', true])), way('CUSTOM_AUTH', fields(['app_key', true], ['cert_pem', true])), way('NO_AUTH'),
          ],
        })],
      };
      const text = await (await page()).text();
      expect(text).not.toContain('signing_key_id');
      expect(text).not.toContain('inputs.region');
      expect(text).toMatch(/<textarea id="KEY_PAIR.members.private_key" name="members.private_key" autocomplete="off" required/);
      expect(text).toMatch(/<input type="password" id="KEY_PAIR.members.passphrase" name="members.passphrase" autocomplete="off" maxlength/);
      expect(text).toMatch(/<input type="password" id="CUSTOM_AUTH.members.app_key"/);
      expect(text).toMatch(/<textarea id="CUSTOM_AUTH.members.cert_pem"/);
      expect(text).toContain('<input type="hidden" name="type" value="NO_AUTH">');
      const ids = [...text.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id!);
      expect(new Set(ids).size).toBe(ids.length);
      for (const [, label] of text.matchAll(/<label for="([^"]+)"/g)) expect(ids).toContain(label);
    });

    it('lets the person choose where several are offered, and takes no other', async () => {
      opened = { ...opened, connectors: [connector('acme'), connector('plain')] };
      const choice = await (await page()).text();
      expect(choice).not.toContain('<form');
      expect(choice).toContain(`href="https://trunkline.example/connect/${token}?connector=plain"`);
      expect(await (await page(`/connect/${token}?connector=plain`)).text()).toContain('value="plain"');
      expect(await (await page(`/connect/${token}?connector=other`)).text()).not.toContain('<form');
    });

    it.each([['b'.repeat(43)], ['x'], ['%3Cscript%3E']])('of a link that does not work is one page, and JSON for programs (%s)', async (given) => {
      const answer = await page(`/connect/${given}`);
      expect([answer.status, answer.headers.get('content-type'), answer.headers.get('x-robots-tag')]).toEqual([404, 'text/html; charset=utf-8', 'noindex']);
      expect(await answer.text()).toContain('<h1>This link does not work</h1>');
      const json = await page(`/connect/${given}`, {});
      expect(await seen(json)).toMatchObject([404, { code: 'CONNECT_LINK_INVALID' }]);
    });
  });

  describe('consent', () => {
    it('begins with 303 to the provider and the cookie that must come back with the callback', async () => {
      const answer = await form('authorize', { connector: 'acme', 'inputs.shop': 'acme', 'inputs.region': '' });
      expect([answer.status, answer.headers.get('location')]).toEqual([303, 'https://provider.example/authorize?state=s']);
      const cookie = /^trunkline_browser=([\w-]{43}); Max-Age=3600; Path=\/; HttpOnly; Secure; SameSite=Lax$/.exec(answer.headers.get('set-cookie')!)!;
      expect(answer.headers.get('referrer-policy')).toBe('no-referrer');
      expect(authorized[0]).toMatchObject({ connector: 'acme', inputs: { shop: 'acme' } });
      expect(authorized[0]!.browserBinding.reveal()).toBe(cookie[1]);
      // A browser that walks already keeps its value: the other walk goes on.
      await form('authorize', { connector: 'acme' }, { ...asBrowser, cookie: `trunkline_browser=${'c'.repeat(43)}` });
      expect(authorized[1]!.browserBinding.reveal()).toBe('c'.repeat(43));
    });

    it('that cannot begin shows the page again: what was wrong, where, and what was typed', async () => {
      refuse = new AppError('INVALID_APP_CONNECTION', `"shop" must match <i>`, { params: { inputs: [{ name: 'shop', message: 'must match <i>' }] } });
      const answer = await form('authorize', { connector: 'acme', 'inputs.shop': '"><b>typed' });
      const text = await answer.text();
      expect(answer.status).toBe(400);
      expect(text).toContain('<p class="alert" role="alert">&quot;shop&quot; must match &lt;i&gt;</p>');
      expect(text).toContain('<p class="problem" id="OAUTH2.inputs.shop.problem">must match &lt;i&gt;</p>');
      expect(text).toMatch(/id="OAUTH2.inputs.shop"[^>]* aria-invalid="true"[^>]* aria-describedby="OAUTH2.inputs.shop.hint OAUTH2.inputs.shop.problem"[^>]* value="&quot;&gt;&lt;b&gt;typed"/);
      expect(text).toMatch(/id="SECRET_TEXT.inputs.shop"[^>]* value=""/);
    });
  });

  describe('a key', () => {
    it('is taken as the connector\'s fields say, and the person goes to the return URL', async () => {
      returnUrl = 'https://app.example.com/done?a=b';
      const answer = await form('key', keyFields);
      expect([answer.status, answer.headers.get('location')]).toEqual([303, 'https://app.example.com/done?a=b&connected=acme&connectionId=conn_1']);
      expect(connected[0]).toMatchObject({ connector: 'acme', inputs: { shop: 'acme' }, value: { type: 'SECRET_TEXT' } });
      returnUrl = null;
      const result = await form('key', keyFields);
      expect([result.status, await result.text()]).toEqual([200, expect.stringContaining('ACME (&lt;b&gt;Acme&lt;/b&gt;) is connected.')]);
    });

    it('of several lines comes as its file has them', async () => {
      opened = { ...opened, connectors: [connector('acme', { authMethods: [way('KEY_PAIR', fields(['username', false], ['private_key', true], ['passphrase', true]))] })] };
      await form('key', { connector: 'acme', type: 'KEY_PAIR', 'members.username': 'git', 'members.private_key': '-----BEGIN X-----\r\nAA+/=\r\n-----END X-----\r\n', 'members.passphrase': '' });
      const { value } = connected[0]!;
      if (value.type !== 'KEY_PAIR') throw new Error('not a key pair');
      expect([value.username, value.privateKey!.reveal(), value.passphrase]).toEqual(['git', '-----BEGIN X-----\nAA+/=\n-----END X-----\n', undefined]);
    });

    it.each<[ErrorCode, number]>([['INVALID_APP_CONNECTION', 400], ['PROVIDER_UNAVAILABLE', 502], ['CONFLICT', 409]])('that is refused with %s is never shown again', async (code, status) => {
      refuse = new AppError(code, 'The provider refused this key.');
      const answer = await form('key', { ...keyFields, 'members.secret_text': 'sk_very_secret' });
      const text = await answer.text();
      expect([answer.status, text.includes('The provider refused this key.'), text.includes('sk_very_secret')]).toEqual([status, true, false]);
      expect(text).toMatch(/id="SECRET_TEXT.inputs.shop"[^>]* value="acme"/);
    });

    it.each([
      ['a field is missing', { connector: 'acme', type: 'SECRET_TEXT', 'members.secret_text': '' }, 'SECRET_TEXT is missing'],
      ['there is another field', { ...keyFields, 'members.password': 'x' }, 'password is not asked for'],
      ['the way is not offered', { ...keyFields, type: 'NO_AUTH' }, 'does not offer that'],
      ['the connector is not offered', { ...keyFields, connector: 'other' }, 'does not offer that'],
    ])('is not asked about if %s', async (_, body, words) => {
      const answer = await form('key', body);
      expect([answer.status, (await answer.text()).includes(words), connected.length]).toEqual([400, true, 0]);
    });

    it('by a link that stopped working meanwhile leads to that page', async () => {
      refuse = invalid();
      expect((await form('key', keyFields)).status).toBe(404);
    });
  });

  describe('a form', () => {
    it.each<[string, Record<string, string>, number]>([
      ['its own page', { origin: 'https://trunkline.example' }, 303],
      ['its own page, where pages without referrer say nothing', { origin: 'null', 'sec-fetch-site': 'same-origin' }, 303],
      ['the address bar', { 'sec-fetch-site': 'none' }, 303],
      ['another page', { origin: 'https://evil.example' }, 403],
      ['another page that hides where it is', { origin: 'null', 'sec-fetch-site': 'cross-site' }, 403],
      ['another host of the site', { origin: 'https://trunkline.example', 'sec-fetch-site': 'same-site' }, 403],
      ['nobody knows where', {}, 403],
      ['a page without origin in an old browser', { origin: 'null' }, 403],
    ])('from %s', async (_, headers, status) => {
      const answer = await form('authorize', { connector: 'acme' }, { accept: 'text/html', ...headers });
      expect([answer.status, authorized.length]).toEqual([status, status === 303 ? 1 : 0]);
      expect((await form('key', keyFields, { accept: 'text/html', ...headers })).status).toBe(status === 303 ? 200 : status);
    });

    it.each([
      ['a field that comes twice', 'connector=acme&connector=acme'],
      ['a member that comes twice', 'connector=acme&inputs.shop=a&inputs.shop=b'],
      ['a field that is a group too', 'connector=acme&inputs=a&inputs.shop=b'],
      ['a prototype', 'connector=acme&__proto__=x'],
      ['a member that leads to a prototype', 'connector=acme&inputs.__proto__=x'],
      ['a constructor', 'connector=acme&inputs.constructor=x'],
      ['a deeper name', 'connector=acme&inputs.shop.x=y'],
      ['a name in brackets', 'connector=acme&inputs[shop]=y'],
      ['an empty name', 'connector=acme&=y'],
      ['a NUL', 'connector=acme&inputs.shop=%00'],
      ['half a character', 'connector=acme&inputs.shop=%c3'],
      ['a broken escape', 'connector=acme&inputs.shop=%zz'],
      ['raw bytes', 'connector=acme&inputs.shop=\u00e4'],
      ['an unknown field', 'connector=acme&other=x'],
      ['a value that is too long', `connector=acme&inputs.shop=${'x'.repeat(2_049)}`],
      ['too many fields', `connector=acme&${Array.from({ length: 100 }, (_, index) => `inputs.a${index}=x`).join('&')}`],
      ['nothing', ''],
    ])('with %s is refused', async (_, body) => {
      const answer = await form('authorize', body, { origin: 'https://trunkline.example' });
      expect([await seen(answer), authorized.length]).toMatchObject([[400, { code: 'VALIDATION' }], 0]);
    });

    it('is limited in size like any body', async () => {
      const answer = await form('authorize', `connector=acme&inputs.shop=${'x'.repeat(262_144)}`);
      expect([answer.status, authorized.length]).toEqual([413, 0]);
    });

    it('is taken by the pages\' routes and by no other, and they take nothing else', async () => {
      expect((await form('authorize', '{"connector":"acme"}', { ...asBrowser, 'content-type': 'application/json' })).status).toBe(415);
      expect((await form('key', 'connector=acme', { ...asBrowser, 'content-type': 'text/plain' })).status).toBe(415);
      const elsewhere = { body: 'endUser.id=u&connectors=acme', headers: { 'content-type': 'application/x-www-form-urlencoded' } };
      expect(await seen(await world.call('/api/v1/connect-links', { method: 'POST', ...elsewhere }))).toMatchObject([415, { code: 'UNSUPPORTED_MEDIA_TYPE' }]);
      expect((await world.call('/api/v1/sessions', { method: 'POST', key: '', ...elsewhere })).status).toBe(415);
      expect([created.length, authorized.length]).toEqual([0, 0]);
    });

    it('is described as what it is', async () => {
      const { paths } = (await world.document()) as unknown as { paths: Record<string, { post: { requestBody: { content: object }; responses: object } }> };
      expect(Object.keys(paths['/connect/{token}/key']!.post.requestBody.content)).toEqual(['application/x-www-form-urlencoded']);
      expect(Object.keys(paths['/connect/{token}/key']!.post.responses)).toEqual(expect.arrayContaining(['200', '303', '403', '404', '415']));
    });
  });
});
