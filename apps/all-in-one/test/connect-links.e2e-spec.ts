import { Browser, waitFor } from '@trunkline/testing';
import { createTenant, startStack, type Stack, type Tenant } from './stack.js';

const returnUrl = 'https://app.example.com/done';

interface Link {
  readonly id: string;
  readonly url: string;
  readonly status: string;
  readonly usedConnectionId: string | null;
}
interface Connection {
  readonly id: string;
  readonly externalId: string;
  readonly status: string;
  readonly ownerId: string | null;
  readonly displayName: string;
  readonly metadata: { readonly endUser?: { readonly id: string } };
}

/** A person without an account, a browser, and a page: from the client's call to a connection that hands out tokens. */
describe('connect links, through every service', () => {
  let stack: Stack;
  let tenant: Tenant;

  beforeAll(async () => {
    stack = await startStack({ records: 50 });
    tenant = await createTenant(stack, [returnUrl]);
  }, 90_000);
  afterAll(async () => {
    await stack?.close();
  }, 60_000);

  const make = async (over: object = {}, who = tenant): Promise<Link> => {
    const { status, body } = await stack.call<Link>('POST', '/api/v1/connect-links', { key: who.key, body: { endUser: { id: 'u-1', displayName: 'Grace Hopper' }, connectors: ['sandbox_crm'], ...over } });
    expect([status, body]).toMatchObject([201, { status: 'open' }]);
    return body;
  };
  const look = async ({ id }: Link) => (await stack.call<Link>('GET', `/api/v1/connect-links/${id}`, { key: tenant.key })).body;
  const page = { accept: 'text/html' };
  const open = (link: Link, browser = new Browser()) => browser.request(link.url, { headers: page });
  /** Presses the page's button: sends its form with what is hidden in it and what is typed. */
  const submit = async (link: Link, browser: Browser, action: 'authorize' | 'key', typed: Record<string, string> = {}) => {
    const text = await (await open(link, browser)).text();
    const form = [...text.matchAll(/<form method="post" action="([^"]+)"[\s\S]*?<\/form>/g)].find(([, url]) => url!.endsWith(`/${action}`));
    if (form === undefined) throw new Error(`No form for ${action} in ${text}`);
    const hidden = Object.fromEntries([...form[0].matchAll(/<input type="hidden" name="([^"]+)" value="([^"]*)">/g)].map(([, name, value]) => [name!, value!]));
    // As a browser does on a page that has no referrer.
    const headers = { ...page, 'content-type': 'application/x-www-form-urlencoded', origin: 'null', 'sec-fetch-site': 'same-origin' };
    return browser.request(form[1]!, { method: 'POST', headers, body: new URLSearchParams({ ...hidden, ...typed }).toString() });
  };
  const toConsent = async (link: Link, browser: Browser) => {
    const answer = await submit(link, browser, 'authorize');
    expect([answer.status, new URL(answer.headers.get('location')!).origin]).toEqual([303, stack.sandboxUrl]);
    return answer.headers.get('location')!;
  };
  const finish = (callback: string, browser: Browser) => browser.request(callback, { headers: page });
  const connectionOf = async (id: string) => (await stack.call<Connection>('GET', `/api/v1/app-connections/${id}`, { key: tenant.key })).body;

  it('open a page, lead through consent and back, make the end user\'s connection, and are used then', async () => {
    const link = await make();
    expect(new URL(link.url).origin).toBe(stack.url);
    const browser = new Browser();
    const opened = await open(link, browser);
    expect([opened.status, await opened.text()]).toEqual([200, expect.stringContaining('<h1>Connect Sandbox CRM for Grace Hopper to Project (Test)</h1>')]);
    const callback = await browser.consent(await toConsent(link, browser));
    expect(new URL(callback).pathname).toBe('/api/oauth/sandbox_crm/callback');
    expect((await look(link)).status).toBe('open');
    const done = await finish(callback, browser);
    const target = new URL(done.headers.get('location')!);
    expect([done.status, `${target.origin}${target.pathname}`, target.searchParams.get('connected')]).toEqual([302, returnUrl, 'sandbox_crm']);
    const connectionId = target.searchParams.get('connectionId')!;
    expect(await connectionOf(connectionId)).toMatchObject({
      externalId: 'u-1', status: 'ACTIVE', ownerId: tenant.userId, displayName: 'Sandbox CRM of Grace Hopper', metadata: { endUser: { id: 'u-1', displayName: 'Grace Hopper' } },
    });
    expect(await look(link)).toMatchObject({ status: 'used', usedConnectionId: connectionId });
    const again = await open(link, browser);
    expect([again.status, await again.text()]).toEqual([404, expect.stringContaining('This link does not work')]);
    const token = await stack.call<{ token: string }>('POST', '/api/connectors/sandbox_crm/token', { key: tenant.key, body: {} });
    const account = await fetch(`${stack.sandboxUrl}/crm/v1/account`, { headers: { authorization: `Bearer ${token.body.token}` } });
    expect(await account.json()).toMatchObject({ id: 'acc_1' });
  });

  it('refuse the provider\'s callback in another browser than the one that pressed the button, and stay open', async () => {
    const link = await make({ endUser: { id: 'u-other' } });
    const [attacker, victim] = [new Browser(), new Browser()];
    const callback = await victim.consent(await toConsent(link, attacker));
    const refused = await finish(callback, victim);
    expect([refused.status, await refused.text()]).toEqual([400, expect.stringContaining('Not connected')]);
    expect((await look(link)).status).toBe('open');
  });

  it('refuse a form that another page sends', async () => {
    const link = await make({ endUser: { id: 'u-forged' } });
    const forged = await fetch(`${link.url}/authorize`, { method: 'POST', redirect: 'manual', headers: { ...page, origin: 'https://evil.example', 'content-type': 'application/x-www-form-urlencoded' }, body: 'connector=sandbox_crm' });
    expect([forged.status, forged.headers.get('set-cookie')]).toEqual([403, null]);
  });

  it('stay open if the person refuses, who is sent back with that', async () => {
    const link = await make({ endUser: { id: 'u-denied' } });
    const browser = new Browser();
    const denied = await finish(await browser.consent(await toConsent(link, browser), 'deny'), browser);
    expect([denied.status, denied.headers.get('location')]).toEqual([302, `${returnUrl}?error=access_denied`]);
    expect((await look(link)).status).toBe('open');
    const done = await finish(await browser.consent(await toConsent(link, browser)), browser);
    expect(done.headers.get('location')).toContain('connected=sandbox_crm');
    expect((await look(link)).status).toBe('used');
  });

  it('let one of two walks end, and refuse the other in words', async () => {
    const link = await make({ endUser: { id: 'u-two' }, allowOtherAccount: true });
    const browsers = [new Browser(), new Browser()] as const;
    const callbacks = await Promise.all(browsers.map(async (browser, index) => browser.consent(await toConsent(link, browser), 'allow', `acc_${index + 1}`)));
    const answers = await Promise.all(browsers.map((browser, index) => finish(callbacks[index]!, browser)));
    const refused = answers.find(({ status }) => status !== 302)!;
    expect(answers.filter(({ status }) => status === 302)).toHaveLength(1);
    expect([404, 409]).toContain(refused.status);
    expect(await refused.text()).toMatch(/This link (does not work|is being used)/);
    const made = await stack.database.query<{ status: string }>(`SELECT status FROM registry.connection WHERE external_id = 'u-two'`);
    expect(made).toEqual([{ status: 'active' }]);
  });

  it('take a key by a form: a wrong one is told on the page, the right one connects', async () => {
    const link = await make({ endUser: { id: 'u-key' }, connectors: ['sandbox_crm', 'sandbox_graphql'], returnUrl });
    const browser = new Browser();
    const chosen = { ...link, url: `${link.url}?connector=sandbox_graphql` };
    expect(await (await open(link, browser)).text()).toContain('Choose what to connect');
    const wrong = await submit(chosen, browser, 'key', { 'members.secret_text': 'not-the-key-at-all' });
    const text = await wrong.text();
    expect([wrong.status, text.includes('role="alert"'), text.includes('not-the-key-at-all')]).toEqual([400, true, false]);
    const right = await submit(chosen, browser, 'key', { 'members.secret_text': 'sandbox-api-key' });
    expect(right.status).toBe(303);
    const target = new URL(right.headers.get('location')!);
    expect(await connectionOf(target.searchParams.get('connectionId')!)).toMatchObject({ externalId: 'u-key', status: 'ACTIVE', ownerId: tenant.userId });
    expect((await submit(chosen, browser, 'key', { 'members.secret_text': 'sandbox-api-key' }).catch((error: Error) => error.message)).toString()).toContain('This link does not work');
  });

  it('end with their revocation, in the middle of a walk too', async () => {
    const link = await make({ endUser: { id: 'u-revoked' } });
    const browser = new Browser();
    const callback = await browser.consent(await toConsent(link, browser));
    expect((await stack.call('DELETE', `/api/v1/connect-links/${link.id}`, { key: tenant.key })).status).toBe(200);
    expect((await finish(callback, browser)).status).toBe(404);
    await waitFor(async () => (await stack.database.query(`SELECT 1 FROM registry.connection WHERE external_id = 'u-revoked'`)).length === 0, { what: 'the attempt to end' });
    expect((await open(link, browser)).status).toBe(404);
  });
});
