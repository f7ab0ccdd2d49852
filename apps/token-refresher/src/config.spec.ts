import { masterKeysFrom } from '@trunkline/persistence';
import { loadConfig } from '@trunkline/service';
import { checkTogether, settings } from './config.js';
import { policyFrom } from './refresh/policy-from-config.js';

const given = { DATABASE_URL: 'postgres://localhost/x', TRUNKLINE_MASTER_KEY: 'not looked at here' };
const config = (more: Record<string, string> = {}) => loadConfig('token-refresher', settings, { ...given, ...more });

it('has the defaults of the design', () => {
  const defaults = config();
  expect(() => checkTogether(defaults)).not.toThrow();
  expect(defaults).toMatchObject({ refreshLeaseSeconds: 45, refreshHttpDeadlineMs: 20_000, refreshAnswerMs: 120_000, sweepIntervalMs: 5_000 });
  expect(policyFrom(defaults as Parameters<typeof policyFrom>[0])).toMatchObject({ marginMaxSeconds: 900, marginMinSeconds: 30, jitterSeconds: 30, backoffMinSeconds: 30, backoffMaxSeconds: 900 });
});

it('does not start with a lease too short to be renewed, or with less patience for a refresh than for other requests, and says what to change', () => {
  expect(() => checkTogether(config({ TRUNKLINE_REFRESH_LEASE_SECONDS: '14' }))).toThrow(/TRUNKLINE_REFRESH_LEASE_SECONDS is 14 but must be at least 15/);
  expect(() => checkTogether(config({ TRUNKLINE_REFRESH_ANSWER_MS: '5000' }))).toThrow(/TRUNKLINE_REFRESH_ANSWER_MS is 5000 but must be at least TRUNKLINE_REFRESH_HTTP_DEADLINE_MS \(20000\)/);
});

it('does not start without a master key', () => {
  expect(() => masterKeysFrom(config({ TRUNKLINE_MASTER_KEY: '' }))).toThrow(/TRUNKLINE_MASTER_KEY is missing/);
});
