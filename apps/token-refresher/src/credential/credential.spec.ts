import { judge, judgeAfterRefresh, reachableMinimum, standsInTheWay, type Credential } from './credential.js';

const credential = (over: Partial<Credential> = {}): Credential => ({
  connectionId: 'conn_1',
  platformId: 'plat_1',
  projectId: 'proj_1',
  connector: 'sandbox_crm',
  type: 'OAUTH2',
  inputs: {},
  sealed: Buffer.alloc(0),
  allowedOrigins: [],
  oauthAppId: 'app_1',
  tokenType: 'Bearer',
  scopes: [],
  version: 1,
  status: 'usable',
  statusReason: null,
  refreshable: true,
  expiresAt: new Date(),
  secondsLeft: 3_000,
  lifetimeSeconds: 3_600,
  due: false,
  cooldownSeconds: 0,
  secondsSinceRefresh: null,
  suspectTokenDigest: null,
  ...over,
});
const serve = (refreshBehind = false) => ({ kind: 'serve', refreshBehind, warning: null });
const warned = { kind: 'serve', refreshBehind: false, warning: expect.any(String) as string };
const cooling = { cooldownSeconds: 12.3 };

describe('what to do with a request for a token', () => {
  it.each<[string, Partial<Credential>, number, object]>([
    ['fresh', {}, 0, serve()],
    ['fresh enough for the caller', {}, 2_999, serve()],
    ['due', { secondsLeft: 300, due: true }, 0, serve(true)],
    ['due, no known expiry (used once a day)', { secondsLeft: null, due: true }, 0, serve(true)],
    ['due but cooling down', { secondsLeft: 300, due: true, ...cooling }, 0, warned],
    ['due, our app refused', { secondsLeft: 300, due: true, statusReason: 'connector_misconfigured', ...cooling }, 0, warned],
    ['due but not refreshable', { secondsLeft: 300, due: true, refreshable: false }, 0, serve()],
    ['expired', { secondsLeft: -1, due: true }, 0, { kind: 'refresh-first', minimumSeconds: 0 }],
    ['expired this very moment', { secondsLeft: 0, due: true }, 0, { kind: 'refresh-first', minimumSeconds: 0 }],
    ['too short for the caller', { secondsLeft: 500 }, 600, { kind: 'refresh-first', minimumSeconds: 600 }],
    ['too short for the caller, cooling down', { secondsLeft: 500, ...cooling }, 600, warned],
    ['too short for the caller, not refreshable', { secondsLeft: 500, refreshable: false }, 600, warned],
    ['expired, cooling down', { secondsLeft: -1, ...cooling }, 0, { kind: 'refuse', refusal: { kind: 'cooldown', retryAfterSeconds: 13 } }],
    ['expired, our app refused', { secondsLeft: -1, statusReason: 'connector_misconfigured', ...cooling }, 0, { kind: 'refuse', refusal: { kind: 'misconfigured' } }],
    ['expired, our app refused, pause over', { secondsLeft: -1, statusReason: 'connector_misconfigured' }, 0, { kind: 'refresh-first', minimumSeconds: 0 }],
    ['expired, not refreshable: let the refresh say so', { secondsLeft: -1, refreshable: false }, 0, { kind: 'refresh-first', minimumSeconds: 0 }],
    ['broken, though the token lives', { status: 'broken', statusReason: 'reauth_required' }, 0, { kind: 'refuse', refusal: { kind: 'broken', reason: 'reauth_required' } }],
    ['disabled', { status: 'disabled' }, 0, { kind: 'refuse', refusal: { kind: 'disabled' } }],
    ['a key', { type: 'SECRET_TEXT', secondsLeft: null, refreshable: false }, 3_600, serve()],
    ['a key of a disabled connection', { type: 'SECRET_TEXT', status: 'disabled' }, 0, { kind: 'refuse', refusal: { kind: 'disabled' } }],
    ['more wanted than half a life offers of a short token', { lifetimeSeconds: 300, secondsLeft: 200 }, 3_600, warned],
    ['more wanted than there ever is, half the life gone', { lifetimeSeconds: 300, secondsLeft: 149 }, 3_600, { kind: 'refresh-first', minimumSeconds: 150 }],
  ])('%s', (_, over, minimumSeconds, expected) => {
    expect(judge(credential(over), minimumSeconds)).toEqual(expected);
  });

  it('after a refresh that did not help, hands out what still lives with a warning', () => {
    expect(judgeAfterRefresh(credential({ secondsLeft: 500 }), 600)).toEqual(warned);
    expect(judgeAfterRefresh(credential({ secondsLeft: -1 }), 0)).toEqual({ kind: 'refresh-first', minimumSeconds: 0 });
  });
});

it('insists on no more life than a token can have', () => {
  expect(reachableMinimum({ lifetimeSeconds: 3_600 }, 3_000)).toBe(3_000);
  expect(reachableMinimum({ lifetimeSeconds: 3_600 }, 3_600)).toBe(1_800);
  expect(reachableMinimum({ lifetimeSeconds: null }, 3_600)).toBe(3_600);
});

it('lets nothing stand in the way of a usable credential whose pause is over', () => {
  expect(standsInTheWay(credential({ statusReason: 'connector_misconfigured' }))).toBeNull();
  expect(standsInTheWay(credential({ status: 'broken', statusReason: null }))).toEqual({ kind: 'broken', reason: 'reauth_required' });
});
