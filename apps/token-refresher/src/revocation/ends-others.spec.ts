import { loadCatalog } from '@trunkline/catalog';
import { endsOthers } from './ends-others.js';

const catalog = loadCatalog({ settings: {} });
const owner = (over: object = {}) => ({ connector: 'google_ads', oauthAppId: 'app_1', accountId: 'a', ...over });

it.each([
  ['another connection of the same account', [owner()], true],
  ['one whose account is not known', [owner({ accountId: null })], true],
  ['another account', [owner({ accountId: 'b' })], false],
  ['another app', [owner({ oauthAppId: 'app_2' })], false],
  ['another connector', [owner({ connector: 'google_analytics' })], false],
  ['nobody', [], false],
])('a grant that ends as a whole is in use by %s', (_, inUse, ends) => {
  expect(endsOthers(catalog.get('google_ads'), owner(), inUse)).toBe(ends);
});

it('a token that ends alone ends nobody else', () => {
  expect(endsOthers(catalog.get('hubspot'), owner(), [owner()])).toBe(false);
});
