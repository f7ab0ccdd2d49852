import { createHmac } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { codeOf, startBroker, type Broker } from './harness.js';
import { ownConnectors } from './own-connectors.js';
import { clientSecret } from './scripted-provider.js';

/** Two connectors: one whose provider signs its callbacks and always names itself, one whose provider does neither. */
const signed = {
  inputs: [{ name: 'shop', title: 'Shop', pattern: '^[a-z]{1,20}$' }],
  oauth: {
    issuer_required: true,
    callback_signature: { parameter: 'hmac', algorithm: 'hmac_sha256_hex', timestamp_parameter: 'timestamp', says: { shop: '{{inputs.shop}}.shop.example' } },
  },
};

const dimensions = {
  connector: ['signed_shop', 'sandbox_crm'],
  state: ['right', 'missing', 'empty', 'doubled', 'replayed', 'forged', 'truncated', 'other-tenant', 'expired', 'other-connector'],
  browser: ['own', 'another', 'another-walks', 'none'],
  code: ['present', 'missing', 'empty'],
  iss: ['right', 'wrong', 'missing', 'empty'],
  error: ['none', 'denied'],
  signature: ['right', 'wrong', 'missing', 'empty', 'of-another-secret', 'old', 'other-shop', 'code-changed'],
  callback: ['connectors', 'oauth'],
  path: ['own', 'another', 'unknown'],
} as const;
type Dimension = keyof typeof dimensions;
type Case = { readonly [Name in Dimension]: (typeof dimensions)[Name][number] };

const names = Object.keys(dimensions) as Dimension[];
const right: Case = { connector: 'signed_shop', state: 'right', browser: 'own', code: 'present', iss: 'right', error: 'none', signature: 'right', callback: 'connectors', path: 'own' };
const deviations = (one: Case) => names.filter((name) => name !== 'connector' && one[name] !== right[name]).length;

/** Everything that is wrong in up to two ways, and a fixed sample of what is wrong in more. */
function cases(): Case[] {
  const all = names.reduce<Partial<Case>[]>((made, name) => made.flatMap((one) => dimensions[name].map((value) => ({ ...one, [name]: value }))), [{}]) as Case[];
  // A provider that does not sign has nothing to get wrong there.
  const possible = all.filter(({ connector, signature }) => connector === 'signed_shop' || signature === 'right');
  const [few, many] = [possible.filter((one) => deviations(one) <= 2), possible.filter((one) => deviations(one) > 2)];
  const step = Math.floor(many.length / 1_700);
  return [...few, ...many.filter((_, index) => index % step === 0)];
}

function outcomeOf(one: Case): 'connected' | 'AUTHORIZATION_STATE_INVALID' | 'AUTHORIZATION_DENIED' | 'AUTHORIZATION_FAILED' {
  const isIssuerFine = one.iss === 'right' || (one.iss === 'missing' && one.connector === 'sandbox_crm');
  const isOurs = one.state === 'right' && one.browser === 'own' && isIssuerFine && one.signature === 'right' && one.callback === 'connectors' && one.path === 'own';
  if (!isOurs) return 'AUTHORIZATION_STATE_INVALID';
  if (one.error === 'denied') return 'AUTHORIZATION_DENIED';
  return one.code === 'present' ? 'connected' : 'AUTHORIZATION_FAILED';
}

let broker: Broker;
let own: Awaited<ReturnType<typeof ownConnectors>>;
beforeAll(async () => {
  own = await ownConnectors({ signed_shop: signed });
  broker = await startBroker({ TRUNKLINE_CATALOG_FOLDERS: own.folder });
  for (const platformId of ['plat_1', 'plat_2']) for (const connector of ['signed_shop', 'sandbox_crm']) await broker.putApp({ platformId, connector });
});
afterAll(async () => {
  await broker.stop();
  await own.remove();
});
afterEach(() => broker.provider.answerTokensWith(null));

const startOf = (connector: string, over: object = {}) => broker.start({ connector, inputs: connector === 'signed_shop' ? { shop: 'acme' } : {}, ...over });
const ofAnotherPlatform = { kind: 'api_key', id: 'key_2', reach: 'project', platformId: 'plat_2', projectId: 'proj_2', userId: null, scopes: ['connections:write'] };
type Walk = Awaited<ReturnType<typeof startOf>>;
const stateOf = (walk: Walk): string => walk.url.searchParams.get('state')!;
const hmacOf = (query: Record<string, string>, secret: string): string =>
  createHmac('sha256', secret).update(Object.keys(query).sort().map((name) => `${name}=${query[name]}`).join('&')).digest('hex');

async function stateFor({ state, connector }: Case, walk: Walk): Promise<string | undefined> {
  const own = stateOf(walk);
  switch (state) {
    case 'right':
      return own;
    case 'missing':
      return undefined;
    case 'empty':
      return '';
    case 'doubled':
      return `${own},${own}`;
    case 'forged':
      return 'A'.repeat(43);
    case 'truncated':
      return own.slice(0, -1);
    case 'replayed':
      await codeOf(broker.complete(walk, { state: own, error: 'access_denied' }, { connector }));
      return own;
    case 'expired':
      await broker.database.query(`UPDATE oauth."authorization" SET expires_at = now() - interval '1 second' WHERE connection_id = $1`, [walk.connectionId]);
      return own;
    case 'other-tenant':
      return stateOf(await startOf(connector, { platformId: 'plat_2', projectId: 'proj_2', projectIds: ['proj_2'], principal: ofAnotherPlatform }));
    case 'other-connector':
      return stateOf(await startOf(connector === 'signed_shop' ? 'sandbox_crm' : 'signed_shop'));
  }
}

function signedAs({ signature }: Case, query: Record<string, string>): Record<string, string> {
  const now = Math.floor(Date.now() / 1_000);
  const said = { ...query, shop: signature === 'other-shop' ? 'evil.shop.example' : 'acme.shop.example', timestamp: String(signature === 'old' ? now - 700 : now) };
  const hmac = hmacOf(said, signature === 'of-another-secret' ? 'of another app' : clientSecret);
  switch (signature) {
    case 'missing':
      return said;
    case 'empty':
      return { ...said, hmac: '' };
    case 'wrong':
      return { ...said, hmac: hmac.replace(/./g, (digit) => (digit === '0' ? '1' : '0')) };
    case 'code-changed':
      return { ...said, hmac, ...('code' in said && said.code !== '' ? { code: `${said.code}0` } : { extra: 'x' }) };
    default:
      return { ...said, hmac };
  }
}

/** Plays one callback. @returns what came of it, and what reached the provider and the keeper */
async function play(one: Case) {
  const walk = await startOf(one.connector);
  const consent = broker.provider.consent(walk.authorizationUrl);
  const code = { present: consent.code, missing: undefined, empty: '' }[one.code];
  const iss = { right: consent.iss, wrong: 'https://evil.test', missing: undefined, empty: '' }[one.iss];
  const state = await stateFor(one, walk);
  const plain = Object.fromEntries(Object.entries({ code, iss, state, error: one.error === 'denied' ? 'access_denied' : undefined }).filter(([, value]) => value !== undefined)) as Record<string, string>;
  const query = one.connector === 'signed_shop' ? signedAs(one, plain) : plain;
  const cookie = { own: walk.cookie, another: 'of nobody', 'another-walks': one.browser === 'another-walks' ? (await startOf(one.connector)).cookie : '', none: '' }[one.browser];
  const path = { own: one.connector, another: one.connector === 'signed_shop' ? 'sandbox_crm' : 'signed_shop', unknown: 'no_such_system' }[one.path];
  const came = await codeOf(broker.complete({ cookie }, query, { callback: one.callback, connector: path, ...(one.browser === 'none' ? { browserBinding: null } : {}) }));
  const tokenCalls = broker.provider.tokenCalls.filter(({ parameters }) => parameters.code?.startsWith(consent.code!)).length;
  return { came: came === 'no error' ? 'connected' : came, tokenCalls, puts: broker.puts.filter(({ connectionId }) => connectionId === walk.connectionId).length };
}

it('of some thousand callbacks only the right ones reach the token endpoint, and nobody else is connected', async () => {
  const table = cases();
  expect(table.length).toBeGreaterThanOrEqual(2_000);
  const [calls, puts] = [broker.provider.tokenCalls.length, broker.puts.length];
  const wrong: unknown[] = [];
  let at = 0;
  const player = async () => {
    for (let one = table[at++]; one !== undefined; one = table[at++]) {
      const expected = outcomeOf(one);
      const isRight = expected === 'connected' ? 1 : 0;
      const outcome = await play(one);
      if (outcome.came !== expected || outcome.tokenCalls !== isRight || outcome.puts !== isRight) wrong.push({ one, expected, outcome });
    }
  };
  await Promise.all(Array.from({ length: 12 }, player));
  expect(wrong.slice(0, 5)).toEqual([]);
  const connected = table.filter((one) => outcomeOf(one) === 'connected').length;
  expect(connected).toBeGreaterThanOrEqual(3);
  expect([broker.provider.tokenCalls.length - calls, broker.puts.length - puts]).toEqual([connected, connected]);
}, 120_000);

it('50 copies of one callback at two replicas make one exchange', async () => {
  const replica = await broker.startOne();
  try {
    for (let round = 0; round < 5; round += 1) {
      const walk = await startOf('signed_shop');
      const query = signedAs(right, broker.provider.consent(walk.authorizationUrl));
      const [calls, puts] = [broker.provider.tokenCalls.length, broker.puts.length];
      const outcomes = await Promise.all(Array.from({ length: 50 }, () => codeOf(broker.complete(walk, query, { connector: 'signed_shop' }))));
      expect(outcomes.filter((code) => code === 'no error')).toHaveLength(1);
      expect(outcomes.filter((code) => code === 'AUTHORIZATION_STATE_INVALID')).toHaveLength(49);
      expect([broker.provider.tokenCalls.length - calls, broker.puts.length - puts]).toEqual([1, 1]);
    }
  } finally {
    await replica.close();
  }
});

it.each([301, 302, 303, 307, 308])('a token endpoint that answers %i is not followed: code and secret are sent once', async (status) => {
  broker.provider.answerTokensWith((response: ServerResponse) => void response.writeHead(status, { location: `${broker.provider.url}/elsewhere` }).end());
  const walk = await startOf('sandbox_crm');
  const calls = broker.provider.tokenCalls.length;
  expect(await codeOf(broker.complete(walk, broker.provider.consent(walk.authorizationUrl)))).toBe('PROVIDER_UNAVAILABLE');
  expect(broker.provider.tokenCalls).toHaveLength(calls + 1);
  expect(broker.provider.strayPaths).toEqual([]);
});

it('a walk does not outlive a change of its connector\'s endpoints', async () => {
  const walk = await startOf('signed_shop');
  const query = signedAs(right, broker.provider.consent(walk.authorizationUrl));
  await own.write('signed_shop', { ...signed, oauth: { ...signed.oauth, token_url: '{{settings.sandbox_url}}/another/token' } });
  const replica = await startBrokerBeside();
  try {
    const calls = broker.provider.tokenCalls.length;
    expect(await codeOf(replica.complete(walk, query))).toBe('AUTHORIZATION_STATE_INVALID');
    expect(broker.provider.tokenCalls).toHaveLength(calls);
    expect(broker.provider.strayPaths).toEqual([]);
    expect(await broker.waitAbandoned(walk.connectionId)).toMatchObject({ outcome: 'failed' });
  } finally {
    await replica.close();
    await own.write('signed_shop', signed);
  }
});

/** The changed definition alone answers: the first broker has stopped taking requests. */
async function startBrokerBeside() {
  await broker.closeFirst();
  const service = await broker.startOne();
  return { complete: (walk: Walk, query: Record<string, string>) => broker.complete(walk, query, { connector: 'signed_shop' }), close: () => service.close() };
}
