import { randomBytes } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Browser, waitFor } from '@trunkline/testing';
import { encodingsOf, leaksIn } from './encodings-of.js';
import { createTenant, platforms, startStack, type Stack, type Tenant } from './stack.js';

const echoed = 'secret in the place of an id';
const canary = (name: string) => `canary-${name}-${randomBytes(18).toString('base64url')}`;

/**
 * Secrets of every class are put through every road, the failing ones too; then everything that stays (logs, answers, database, stream
 * files, metrics) is searched for each of them in each encoding.
 */
describe('no secret stays anywhere in the open', () => {
  let stack: Stack;
  let tenant: Tenant;
  const secrets: Record<string, string> = {};
  /** Answers that are not there to hand out a secret, and their headers. */
  const answers: string[] = [];
  const statuses: string[] = [];

  beforeAll(async () => {
    stack = await startStack({ separate: true, records: 200, environment: { LOG_LEVEL: 'trace' } });
    Object.assign(secrets, stack.secrets);
    tenant = await createTenant(stack);
    await useEverything();
  }, 180_000);
  afterAll(async () => {
    await stack?.close();
  }, 60_000);

  const call: Stack['call'] = async (method, path, options) => {
    const answer = await stack.call<never>(method, path, options);
    statuses.push(`${answer.status} ${method} ${path.split('?')[0]}`);
    answers.push(JSON.stringify([...answer.headers]), JSON.stringify(answer.body));
    if (answer.status >= 500) throw new Error(`${method} ${path} answered ${answer.status}: ${JSON.stringify(answer.body)}`);
    return answer;
  };
  /** For the calls that hand out a secret on purpose: the answer is not searched, the secret is. */
  const obtain = async <Body>(name: string, method: string, path: string, pick: (body: Body) => string, options: Parameters<Stack['call']>[2]): Promise<string> => {
    const { status, body } = await stack.call<Body>(method, path, options);
    if (status >= 300) throw new Error(`${method} ${path} answered ${status}: ${JSON.stringify(body)}`);
    secrets[name] = pick(body);
    return secrets[name];
  };

  async function useEverything(): Promise<void> {
    const admin = stack.adminKey;
    const platformId = platforms.get(stack)!;
    const key = tenant.key;
    secrets['api key'] = key.split('.')[1]!;

    // People and their passwords.
    secrets.password = canary('password');
    const email = `${randomBytes(6).toString('hex')}@example.com`;
    await call('POST', '/api/v1/users', { key: admin, body: { platformId, email, firstName: 'Ada', lastName: 'L', password: secrets.password } });
    const session = await obtain<{ token: string }>('session token', 'POST', '/api/v1/sessions', ({ token }) => token, { body: { email, password: secrets.password } });
    secrets['session signature'] = session.split('.')[2]!;
    delete secrets['session token'];
    secrets['wrong password'] = canary('wrong-password');
    await call('POST', '/api/v1/sessions', { body: { email, password: secrets['wrong password'] } });
    await call('GET', '/api/v1/sessions/me', { headers: { authorization: `Bearer ${session}` } });
    await call('DELETE', '/api/v1/sessions', { headers: { authorization: `Bearer ${session}` } });
    secrets['unknown key'] = canary('unknown-key');
    await call('GET', '/api/v1/app-connections', { key: secrets['unknown key'] });
    const revoked = await obtain<{ key: string; id: string }>('revoked key', 'POST', '/api/v1/api-keys', ({ key: made }) => made, {
      key: admin,
      body: { projectId: tenant.projectId, displayName: 'Short-lived', scopes: ['connections:read'] },
    });
    secrets['revoked key'] = revoked.split('.')[1]!;

    // OAuth apps, a walk, a walk that fails, a callback that is forged.
    secrets['oauth app secret'] = canary('oauth-app');
    await call('POST', '/api/v1/oauth-apps', { key: admin, body: { platformId, projectId: tenant.projectId, connector: 'sandbox_graphql', clientId: 'other', clientSecret: secrets['oauth app secret'] } });
    const browser = new Browser();
    const start = await browser.request(`${stack.url}/api/connectors/sandbox_crm/auth`, { headers: { 'x-api-key': key } });
    secrets['browser cookie'] = start.headers.getSetCookie().join().match(/trunkline_browser=([^;]+)/)![1]!;
    const callback = new URL(await browser.consent(start.headers.get('location')!));
    secrets.state = callback.searchParams.get('state')!;
    secrets.code = callback.searchParams.get('code')!;
    const done = await browser.request(callback.href, { headers: { accept: 'application/json' } });
    answers.push(await done.text());
    answers.push(await (await browser.request(callback.href, { headers: { accept: 'text/html' } })).text());
    secrets['forged code'] = canary('code');
    answers.push(await (await fetch(`${stack.url}/api/connectors/sandbox_crm/callback?code=${secrets['forged code']}&state=${canary('state')}`)).text());
    await obtain<{ token: string }>('access token', 'POST', '/api/connectors/sandbox_crm/token', ({ token }) => token, { key, body: {} });
    await call('POST', '/api/connectors/sandbox_crm/refresh', { key });
    await obtain<{ token: string }>('second access token', 'POST', '/api/connectors/sandbox_crm/token', ({ token }) => token, { key, body: {} });
    const { body: run } = await call<{ syncId: string }>('POST', '/api/sync/run', { key });
    await waitFor(async () => (await stack.call<{ status: string }>('GET', `/api/sync/${run.syncId}`, { key })).body.status !== 'running', { what: 'the sync', timeoutMs: 60_000 });
    await call('GET', `/api/sync/${run.syncId}`, { key });

    // Keys of every kind, right and wrong ones.
    const made = (await stack.control('POST', '/api-keys', { account: 'acc_1' })) as { key: string };
    secrets['provider key'] = made.key;
    const upsert = (externalId: string, type: string, value: Record<string, unknown>, pieceName = 'sandbox_crm') =>
      call<{ id: string }>('POST', '/api/v1/app-connections', { key, body: { displayName: `Canary ${type}`, pieceName, type, externalId, value: { type, ...value } } });
    const right = await upsert('right', 'SECRET_TEXT', { secret_text: made.key });
    secrets['refused provider key'] = canary('refused');
    await upsert('wrong', 'SECRET_TEXT', { secret_text: secrets['refused provider key'] });
    await call('POST', `/api/v1/app-connections/${right.body.id}/rotate`, { key, body: { value: { type: 'SECRET_TEXT', secret_text: secrets['refused provider key'] } } });
    for (const path of ['verify', 'disable', 'enable']) await call('POST', `/api/v1/app-connections/${right.body.id}/${path}`, { key });
    for (const path of ['', '/health', '/scopes', '/usage']) await call('GET', `/api/v1/app-connections/${right.body.id}${path}`, { key });
    secrets['basic password'] = canary('basic');
    await upsert('basic', 'BASIC_AUTH', { username: 'ada', password: secrets['basic password'] });
    secrets['custom field'] = canary('custom');
    await upsert('custom', 'CUSTOM_AUTH', { props: { token: secrets['custom field'] } });
    secrets['imported access token'] = canary('access');
    secrets['imported refresh token'] = canary('refresh');
    secrets['imported client secret'] = canary('client');
    secrets['brought code'] = canary('brought');
    const imported = { client_id: 'own', client_secret: secrets['imported client secret'], redirect_url: 'https://app.example.com/cb', scope: 'crm.read' };
    await upsert('imported', 'OAUTH2', { ...imported, access_token: secrets['imported access token'], refresh_token: secrets['imported refresh token'], token_type: 'Bearer', expires_in: 3_600, claimed_at: Date.now() });
    await upsert('code', 'OAUTH2', { ...imported, code: secrets['brought code'] });
    secrets['private key'] = canary('private-key');
    await upsert('jwt', 'JWT_BEARER', { props: { client_id: 'x' }, private_key: secrets['private key'] });
    await call('POST', '/api/v1/signing-keys', { key, body: { displayName: 'Not a key', algorithm: 'RS256', privateKey: secrets['private key'] } });

    // Secrets in places where they do not belong.
    secrets['misplaced secret'] = canary('misplaced');
    const misplaced = secrets['misplaced secret'];
    await call('GET', `/api/v1/app-connections?api_key=${misplaced}`, { key });
    // An id that is not found is named in the answer, as the reference has it; it must not go further.
    secrets[echoed] = canary('echoed');
    await call('GET', `/api/v1/app-connections/${secrets[echoed]}`, { key });
    await call('POST', '/api/v1/app-connections', { key, body: { type: 'SECRET_TEXT', value: { type: 'SECRET_TEXT', secret: misplaced } } });
    await call('POST', '/api/connectors/connect', { key, body: { provider: 'sandbox_crm', apikey: misplaced } });
    const broken = await fetch(`${stack.url}/api/connectors/connect`, { method: 'POST', headers: { 'x-api-key': key, 'content-type': 'application/json' }, body: `{"api_key": "${misplaced}` });
    answers.push(await broken.text());

    await call('GET', '/api/v1/app-connections', { key });
    await call('GET', '/api/v1/audit', { key: admin });
    await call('DELETE', `/api/v1/app-connections/${right.body.id}`, { key });
    await call('DELETE', '/api/connectors', { key, body: { type: 'sandbox_crm' } });
  }

  const clean = (artefacts: Readonly<Record<string, Buffer>>) =>
    Object.entries(artefacts).flatMap(([where, bytes]) => leaksIn(bytes, secrets).map((leak) => `${where}: ${leak}`));

  it('knows at least 14 classes of secrets and 8 encodings', () => {
    expect(Object.keys(secrets).length).toBeGreaterThanOrEqual(20);
    expect(Object.keys(encodingsOf('x'.repeat(20))).length).toBeGreaterThanOrEqual(8);
  });

  it('finds a secret in every encoding where there is one: the search itself works', () => {
    const secret = canary('self');
    for (const form of Object.values(encodingsOf(secret))) expect(leaksIn(Buffer.concat([Buffer.from('…'), form, Buffer.from('…')]), { secret })).not.toEqual([]);
    for (const padding of ['', 'a', 'ab', 'abc']) expect(leaksIn(Buffer.from(Buffer.from(`${padding}${secret}tail`).toString('base64')), { secret })).not.toEqual([]);
  });

  it('not in the logs of any service, at the most talkative level', () => {
    const logs = Object.fromEntries([...stack.processes].filter(([name]) => name !== 'sandbox').map(([name, program]) => [name, Buffer.from(program.output())]));
    expect(Object.entries(logs).filter(([, log]) => !log.includes('"level"')).map(([name]) => name)).toEqual([]);
    expect(logs.gateway!.includes('requestId') && logs['token-refresher']!.includes('requestId')).toBe(true);
    expect(clean(logs)).toEqual([]);
  });

  it('not in any answer, of success or failure', () => {
    const text = Buffer.from(answers.join('\n'));
    expect(text.includes('Canary SECRET_TEXT')).toBe(true);
    expect(new Set(statuses.map((line) => line.slice(0, 3)))).toEqual(new Set(['200', '201', '204', '400', '401', '404'].filter((status) => statuses.some((line) => line.startsWith(status)))));
    expect(clean({ answers: text }).filter((leak) => !leak.includes(echoed))).toEqual([]);
  });

  it('not in the database, in any column of any table', async () => {
    const tables = await stack.database.query<{ name: string }>(
      `SELECT format('%I.%I', table_schema, table_name) AS name FROM information_schema.tables WHERE table_type = 'BASE TABLE' AND table_schema NOT IN ('pg_catalog', 'information_schema')`,
    );
    const dump: Record<string, Buffer> = {};
    for (const { name } of tables) {
      const rows = await stack.database.query<{ row: string }>(`SELECT row_to_json(t)::text AS row FROM ${name} AS t`);
      dump[name] = Buffer.from(rows.map(({ row }) => row).join('\n'));
      // Bytes are shown in hex; what they spell must be searched too.
      dump[`${name} as bytes`] = Buffer.concat([...dump[name].toString().matchAll(/\\\\x([0-9a-f]+)/g)].map(([, hex]) => Buffer.from(hex!, 'hex')));
    }
    expect(dump['tokens.credential']!.length).toBeGreaterThan(100);
    expect(dump['registry.connection']!.includes('Canary BASIC_AUTH') || dump['registry.audit_entry']!.length > 500).toBe(true);
    expect(clean(dump)).toEqual([]);
  });

  it('not in the files of JetStream', async () => {
    const names = await readdir(stack.nats.storeDirectory, { recursive: true, withFileTypes: true });
    const all = Buffer.concat(await Promise.all(names.filter((entry) => entry.isFile()).map((entry) => readFile(join(entry.parentPath, entry.name)))));
    expect(all.includes('evt.connection.activated')).toBe(true);
    expect(clean({ jetstream: all })).toEqual([]);
  });

  it('not in the metrics', async () => {
    const metrics = Object.fromEntries(await Promise.all([...stack.operations].map(async ([name, url]) => [name, Buffer.from(await (await fetch(`${url}/metrics`)).text())] as const)));
    expect(Object.values(metrics).every((text) => text.includes('trunkline_'))).toBe(true);
    expect(clean(metrics)).toEqual([]);
  });
});
