import { Browser, ScriptedPlatform } from '@trunkline/testing';
import { ResultsTable } from './results-table.js';
import { createTenant, startStack, type Stack, type Tenant } from './stack.js';

/** CORRECTNESS 2.4 through the whole product: what comes back from consent, right and wrong, and how often the platform's token endpoint hears of it. */
let stack: Stack;
let platform: ScriptedPlatform;
let tenant: Tenant;
const table = new ResultsTable('oauth', 'callbacks', 'token calls', 'verdict', 'outcome');
beforeAll(async () => {
  platform = await new ScriptedPlatform().start();
  stack = await startStack({ separate: true, replicas: { 'oauth-broker': 2 }, platform, environment: { TRUNKLINE_REQUESTS_PER_SECOND: '0', TRUNKLINE_ANONYMOUS_REQUESTS_PER_SECOND: '0' } });
  tenant = await createTenant(stack, ['https://app.example.com/done']);
}, 120_000);
afterAll(async () => {
  table.print();
  await stack?.close();
  await platform?.stop();
}, 60_000);

interface Walk {
  readonly browser: Browser;
  readonly callback: URL;
}

/** Out to consent and back, up to our callback. */
async function walk({ who = tenant, browser = new Browser(), connector = 'sandbox_crm', query = '' }: { who?: Tenant; browser?: Browser; connector?: string; query?: string } = {}): Promise<Walk> {
  const start = await browser.request(`${stack.url}/api/connectors/${connector}/auth${query}`, { headers: { 'x-api-key': who.key } });
  if (start.status !== 302) throw new Error(`${start.status} ${await start.text()}`);
  const consent = await browser.request(start.headers.get('location')!);
  return { browser, callback: new URL(consent.headers.get('location')!) };
}
const finish = (browser: Browser, url: URL | string, accept = 'application/json') => browser.request(String(url), { headers: { accept } });
const altered = (url: URL, change: (url: URL) => void): URL => {
  const copy = new URL(url);
  change(copy);
  return copy;
};
const exchanges = () => platform.tokenCalls.filter(({ grantType }) => grantType === 'authorization_code').length;
const connections = async (who = tenant) => (await stack.call<{ data: { status: string }[] }>('GET', '/api/v1/app-connections?limit=100', { key: who.key })).body.data.filter(({ status }) => status === 'ACTIVE').length;

/** One row of the table: the work, and what the token endpoint heard of it. */
async function counted(name: string, callbacks: number, expected: number, work: () => Promise<string>): Promise<void> {
  const before = exchanges();
  await table
    .try([name, String(callbacks)], async () => {
      const outcome = await work();
      expect(exchanges() - before).toBe(expected);
      return outcome;
    })
    .finally(() => table.insert(2, String(exchanges() - before)));
}

describe('a callback that is right', () => {
  it('connects once', () =>
    counted('right', 1, 1, async () => {
      const { browser, callback } = await walk();
      const done = await finish(browser, callback);
      expect([done.status, await done.json()]).toMatchObject([200, { connected: true, account_name: 'Account acc_1' }]);
      return 'connected';
    }));

  it('comes in fifty copies at once: one exchange, one connection', () =>
    counted('right, 50 copies at once, 2 brokers', 50, 1, async () => {
      const who = await createTenant(stack);
      const { browser, callback } = await walk({ who });
      const statuses = (await Promise.all(Array.from({ length: 50 }, () => finish(browser, callback)))).map(({ status }) => status);
      expect(statuses.filter((status) => status === 200)).toHaveLength(1);
      expect(statuses.filter((status) => status === 400)).toHaveLength(49);
      expect([await connections(who), platform.latest().alive]).toEqual([1, true]);
      return '1 connected, 49 refused';
    }));
});

describe('a callback that is not', () => {
  const refused = async (browser: Browser, url: URL | string, codes = ['AUTHORIZATION_STATE_INVALID']) => {
    const done = await finish(browser, url);
    const body = (await done.json()) as { code: string };
    expect([done.status, codes.includes(body.code) ? 'refused' : body.code]).toEqual([400, 'refused']);
    expect(done.headers.get('cache-control')).toBe('no-store');
  };

  const wrongStates: [string, (state: string) => string | string[] | undefined][] = [
    ['missing', () => undefined],
    ['empty', () => ''],
    ['doubled', (state) => [state, state]],
    ['doubled with a forged one', (state) => [state, 'x'.repeat(43)]],
    ['forged', () => 'A'.repeat(43)],
    ['cut short', (state) => state.slice(0, -1)],
    ['lengthened', (state) => `${state}A`],
    ['in other case', (state) => state.toUpperCase()],
    ['with a NUL', (state) => `${state}\0`],
    ['SQL', () => `' OR 1=1 --`],
    ['very long', () => 'A'.repeat(8_000)],
  ];
  it.each(wrongStates)('state %s', (name, wrong) =>
    counted(`state ${name}`, 1, 0, async () => {
      const { browser, callback } = await walk();
      await refused(browser, altered(callback, ({ searchParams }) => {
        const state = searchParams.get('state')!;
        searchParams.delete('state');
        for (const value of [wrong(state) ?? []].flat()) searchParams.append('state', value);
      }), ['AUTHORIZATION_STATE_INVALID', 'VALIDATION']);
      return 'refused';
    }));

  it('replayed after it was used', () =>
    counted('state replayed, 20 times', 21, 1, async () => {
      const { browser, callback } = await walk();
      expect((await finish(browser, callback)).status).toBe(200);
      for (let copy = 0; copy < 20; copy += 1) await refused(browser, callback);
      expect(platform.latest().alive).toBe(true);
      return 'first connected, the others refused';
    }));

  it('in another browser, and without any cookie', () =>
    counted('cross-browser', 2, 0, async () => {
      const first = await walk();
      await refused(new Browser(), first.callback);
      const second = await walk();
      const other = await walk();
      await refused(other.browser, second.callback);
      return 'refused';
    }));

  it('of another person: started by one, brought to the other to finish', () =>
    counted('cross-user (login CSRF)', 2, 0, async () => {
      const attacker = await createTenant(stack);
      const bait = await walk({ who: attacker });
      const victim = await walk();
      // The attacker's callback in the victim's browser, and the victim's code with the attacker's state.
      await refused(victim.browser, bait.callback);
      await refused(victim.browser, altered(victim.callback, ({ searchParams }) => searchParams.set('state', bait.callback.searchParams.get('state')!)));
      expect(await connections(attacker)).toBe(0);
      return 'refused';
    }));

  it('at another connector\'s callback, and at the other kind of callback', () =>
    counted('cross-connector', 3, 0, async () => {
      for (const path of ['/api/connectors/sandbox_graphql/callback', '/api/oauth/sandbox_crm/callback', '/api/connectors/nosuch/callback']) {
        const { browser, callback } = await walk();
        await refused(browser, altered(callback, (url) => (url.pathname = path)));
      }
      return 'refused';
    }));

  it('from another issuer', () =>
    counted('mix-up: iss of another server', 1, 0, async () => {
      const { browser, callback } = await walk();
      await refused(browser, altered(callback, ({ searchParams }) => searchParams.set('iss', 'https://evil.example.com')));
      return 'refused';
    }));

  it('too late', () =>
    counted('state ten minutes old', 1, 0, async () => {
      const { browser, callback } = await walk();
      await stack.database.query(`UPDATE oauth."authorization" SET expires_at = now() - interval '1 second'`);
      await refused(browser, callback);
      return 'refused';
    }));

  it('with a code of somebody else, or none: the state is used up by it', () =>
    counted('code missing, empty, twice', 4, 0, async () => {
      for (const change of [({ searchParams }: URL) => searchParams.delete('code'), ({ searchParams }: URL) => searchParams.set('code', ''), ({ searchParams }: URL) => searchParams.append('code', 'second')]) {
        const { browser, callback } = await walk();
        await refused(browser, altered(callback, change), ['AUTHORIZATION_FAILED', 'AUTHORIZATION_STATE_INVALID']);
      }
      const { browser, callback } = await walk();
      await refused(browser, altered(callback, ({ searchParams }) => searchParams.delete('code')), ['AUTHORIZATION_FAILED']);
      await refused(browser, callback);
      return 'refused, and the state is used up';
    }));
});

describe('what the platform says when there is no consent', () => {
  const words: [string, Record<string, string>][] = [
    ['access_denied', { error: 'access_denied', error_description: 'The person said no' }],
    ['with markup', { error: 'access_denied', error_description: '<script>alert(1)</script><img src=x onerror=alert(1)>' }],
    ['invalid_scope', { error: 'invalid_scope' }],
    ['server_error', { error: 'server_error', error_description: 'x\r\nSet-Cookie: a=b' }],
    ['unheard of', { error: 'zzz_"><b>', error_uri: 'javascript:alert(1)' }],
  ];
  it.each(words)('%s: told in words, encoded', (name, said) =>
    counted(`error ${name}`, 1, 0, async () => {
      const before = await connections();
      platform.consent = () => said;
      try {
        const { browser, callback } = await walk();
        const page = await finish(browser, callback, 'text/html');
        const html = await page.text();
        expect(page.status).toBe(400);
        expect(html).not.toMatch(/<script|<img|<b>|javascript:/i);
        expect(page.headers.getSetCookie().join()).not.toContain('a=b');
        expect([page.headers.get('referrer-policy'), page.headers.get('content-security-policy')]).toEqual(['no-referrer', expect.stringContaining("default-src 'none'")]);
        expect(await connections()).toBe(before);
        return 'a page in words';
      } finally {
        platform.consent = () => undefined;
      }
    }));
});

describe('the token endpoint', () => {
  it('redirects: neither code nor secret is sent on', () =>
    counted('307 from the token endpoint', 1, 1, async () => {
      platform.answer = () => ({ status: 307, headers: { location: `${platform.url}/crm/v1/account` } });
      try {
        const { browser, callback } = await walk();
        expect((await finish(browser, callback)).status).toBeGreaterThanOrEqual(400);
        return 'not followed';
      } finally {
        platform.answer = () => undefined;
      }
    }));

  it('is down: an error in words, no connection, and the code is not sent twice', () =>
    counted('503 from the token endpoint', 1, 1, async () => {
      const who = await createTenant(stack);
      platform.answer = () => ({ status: 503 });
      try {
        const { browser, callback } = await walk({ who });
        expect((await finish(browser, callback)).status).toBe(502);
        expect(await connections(who)).toBe(0);
        return 'told, nothing stored';
      } finally {
        platform.answer = () => undefined;
      }
    }));
});

describe('connecting again', () => {
  it('with the same account keeps the connection; another account is refused and the old token goes on working', () =>
    counted('reconnect: same account, other account', 3, 3, async () => {
      const who = await createTenant(stack);
      const first = await walk({ who });
      const { connectionId } = (await (await finish(first.browser, first.callback)).json()) as { connectionId: string };
      const reconnect = async (account: string) => {
        platform.account = account;
        const browser = new Browser();
        const start = await browser.request(`${stack.url}/api/v1/app-connections/${connectionId}/reconnect`, { method: 'POST', headers: { 'x-api-key': who.key, 'content-type': 'application/json' }, body: '{}' });
        const { authorizationUrl } = (await start.json()) as { authorizationUrl: string };
        const consent = await browser.request(authorizationUrl);
        return finish(browser, consent.headers.get('location')!);
      };
      try {
        const same = await reconnect('acc_1');
        expect([same.status, await same.json()]).toMatchObject([200, { connectionId }]);
        const token = (await stack.call<{ token: string }>('POST', `/api/v1/app-connections/${connectionId}/token`, { key: who.key, body: {} })).body.token;
        expect((await reconnect('acc_2')).status).toBe(409);
        const after = (await stack.call<{ token: string }>('POST', `/api/v1/app-connections/${connectionId}/token`, { key: who.key, body: {} })).body.token;
        expect(after).toBe(token);
        expect(platform.grants.ownerOf(after)?.account).toBe('acc_1');
        return 'kept its id; other account refused (409)';
      } finally {
        platform.account = 'acc_1';
      }
    }));

  it('goes back only to where the project allows', () =>
    counted('return URLs', 6, 0, async () => {
      for (const url of ['https://evil.example.com/done', 'https://app.example.com/done/', 'https://app.example.com/done?x=1', '//app.example.com/done', 'javascript:alert(1)', 'https://app.example.com@evil.example.com/done']) {
        const answer = await new Browser().request(`${stack.url}/api/connectors/sandbox_crm/auth?redirect_uri=${encodeURIComponent(url)}`, { headers: { 'x-api-key': tenant.key } });
        expect([url, answer.status, answer.headers.get('location')]).toEqual([url, 400, null]);
      }
      return 'refused without a redirect';
    }));
});

it('a thousand forged callbacks at once: none reaches the platform', () =>
  counted('forged, 1,000 at once', 1_000, 0, async () => {
    const { browser, callback } = await walk();
    const before = await connections();
    const parts = ['state', 'code', 'iss'] as const;
    const wrong = ['', 'x', 'null', '%00', '../..', '{"$gt":""}', 'A'.repeat(43)];
    const forged = Array.from({ length: 1_000 }, (_, index) =>
      altered(callback, ({ searchParams }) => {
        // Never the state itself: that one would be used up, by right.
        searchParams.set('state', `${wrong[index % wrong.length]!}${index}`);
        const part = parts[index % 3]!;
        if (part !== 'state' && index % 2 === 0) searchParams.set(part, wrong[(index * 7) % wrong.length]!);
        if (index % 5 === 0) searchParams.delete('code');
        if (index % 11 === 0) searchParams.set('error', 'access_denied');
      }));
    const strangers = new Browser();
    const answers = await Promise.all(forged.map((url, index) => finish(index % 2 === 0 ? browser : strangers, url)));
    expect([...new Set(answers.map(({ status }) => status))]).toEqual([400]);
    expect(await connections()).toBe(before);
    return 'all refused';
  }), 60_000);
