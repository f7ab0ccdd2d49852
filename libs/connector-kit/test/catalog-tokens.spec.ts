import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Secret } from '@trunkline/contracts';
import { connectorsDirectory, loadCatalog } from '@trunkline/catalog';
import { captureFromCallback, requestToken, revokeToken } from '../src/index.js';
import type { Grant, TokenOutcome } from '../src/index.js';
import { replay } from './support/replay.js';
import type { Exchange } from './support/replay.js';

/** How a vendor's token and revocation endpoints are asked, and what their documented answers mean. */
interface Fixture {
  app: { clientId: string; clientSecret: string | null };
  inputs?: Record<string, string>;
  grants: { name: string; grant: Record<string, string>; exchanges: Exchange[]; outcome: Record<string, unknown> }[];
  revocations: { token: string; hint: 'access_token' | 'refresh_token'; exchanges: Exchange[]; outcome: { kind: string } }[];
}

const settings = {};
const catalog = loadCatalog({ settings });
const file = (id: string) => join(connectorsDirectory, id, 'fixtures', 'tokens.json');
const fixtures = readdirSync(connectorsDirectory)
  .filter((id) => existsSync(file(id)))
  .map((id) => [id, JSON.parse(readFileSync(file(id), 'utf8')) as Fixture] as const);

const appOf = ({ app }: Fixture) => ({ clientId: app.clientId, clientSecret: app.clientSecret === null ? null : new Secret(app.clientSecret) });
const grantOf = ({ refreshToken, ...grant }: Record<string, string>): Grant =>
  ({ ...grant, ...(refreshToken !== undefined && { refreshToken: new Secret(refreshToken) }) }) as unknown as Grant;

/** The outcome with its secrets in the clear, as fixtures have them. */
const shown = (outcome: TokenOutcome) =>
  outcome.kind === 'granted' ? { ...outcome, accessToken: outcome.accessToken.reveal(), refreshToken: outcome.refreshToken?.reveal() ?? null } : outcome;

describe.each(fixtures)('tokens of %s', (id, fixture) => {
  const connector = catalog.get(id);
  const inputs = fixture.inputs ?? {};

  it.each(fixture.grants.map((one) => [one.name, one] as const))('%s', async (_name, { grant, exchanges, outcome }) => {
    const egress = replay(exchanges);
    expect(shown(await requestToken({ egress, connector, inputs, settings, app: appOf(fixture), grant: grantOf(grant) }))).toMatchObject(outcome);
    expect(egress.left).toEqual([]);
  });

  fixture.revocations.forEach(({ token, hint, exchanges, outcome }) =>
    it(`revocation: ${outcome.kind}`, async () => {
      const egress = replay(exchanges);
      const revoked = await revokeToken({ egress, connector, inputs: { ...filled(id), ...inputs }, settings, app: appOf(fixture), token: new Secret(token), tokenTypeHint: hint });
      expect(revoked).toMatchObject(outcome);
      expect(egress.left).toEqual([]);
    }),
  );

  it('has a code, a refresh, a refusal and a revocation wherever there are such', () => {
    const oauth = connector.auth.OAUTH2!;
    const grants = new Set(fixture.grants.map(({ grant }) => grant['grantType']));
    expect([...oauth.grantTypes, ...(oauth.refresh.supported ? ['refresh_token'] : [])].filter((type) => !grants.has(type))).toEqual([]);
    expect(fixture.grants.some(({ outcome }) => outcome['kind'] === 'refused' && outcome['class'] === 'reauth')).toBe(true);
    expect(fixture.revocations.length > 0).toBe(oauth.revocation !== undefined);
  });
});

/** What verification's fixture knows of the connection, for calls that need all inputs. */
const filled = (id: string): Record<string, string> => {
  const [first] = [JSON.parse(readFileSync(join(connectorsDirectory, id, 'fixtures', 'verification.json'), 'utf8')) as { inputs?: Record<string, string> }].flat();
  return first?.inputs ?? {};
};

it('covers every connector with OAuth but the sandbox, whose server is real elsewhere', () => {
  const covered = new Set(fixtures.map(([id]) => id));
  expect(catalog.list().filter(({ id, auth }) => auth.OAUTH2 !== undefined && !covered.has(id)).map(({ id }) => id)).toEqual([]);
});

it('takes the company of QuickBooks from the callback, and nothing that is none', () => {
  const quickbooks = catalog.get('quickbooks');
  expect(captureFromCallback(quickbooks, { code: 'c', state: 's', realmId: '9341450000000001' })).toEqual({ realm_id: '9341450000000001' });
  expect(captureFromCallback(quickbooks, { realmId: '../1' })).toEqual({});
});
