import { Secret } from '@trunkline/contracts';
import { loadCatalog } from '@trunkline/catalog';
import { callbackHmac, whyUnsigned } from '../src/index.js';

const connector = loadCatalog({ settings: {} }).get('shopify');
const target = { connector, inputs: { shop: 'some-shop' }, settings: {} };
const at = 1_337_178_173;
const unsigned = { code: '0907a61c0c8d55e99db179b68161bc00', shop: 'some-shop.myshopify.com', state: '0.6784241404160823', timestamp: String(at) };
const secret = new Secret('hush');
const signed = (query: Record<string, string>) => ({ ...query, hmac: callbackHmac(query, 'hmac', secret).toString('hex') });
const why = (query: Record<string, string>, now = at, key: Secret | null = secret) => whyUnsigned(target, query, key, now);

it("agrees with the example of Shopify's documentation", () => {
  expect(callbackHmac({ ...unsigned, hmac: 'left out', signature: 'too' }, 'hmac', secret).toString('hex')).toBe('700e2dadb827fcc8609e9d5ce208b2e9cdaab9df07390d2cbca10d7c328fc4bf');
});

it.each<[string, Record<string, string>, number, string | null]>([
  ['a good one', signed(unsigned), at + 60, null],
  ['none', unsigned, at, 'unsigned'],
  ['an empty one', { ...unsigned, hmac: '' }, at, 'unsigned'],
  ['one that is no digest', { ...unsigned, hmac: 'zz' }, at, 'wrong-signature'],
  ['a parameter more', { ...signed(unsigned), more: '1' }, at, 'wrong-signature'],
  ['two parameters in one', { ...signed({ ...unsigned, a: '1&b=2' }), a: '1', b: '2' }, at, 'wrong-signature'],
  ['an old one', signed(unsigned), at + 601, 'old-signature'],
  ['one of the future', signed(unsigned), at - 601, 'old-signature'],
  ['no time', signed({ ...unsigned, timestamp: 'now' }), at, 'old-signature'],
  ['another shop', signed({ ...unsigned, shop: 'evil.myshopify.com' }), at, 'other-account'],
])('%s', (_, query, now, verdict) => expect(why(query, now)).toBe(verdict));

it('needs a secret, and nothing where the provider does not sign', () => {
  expect(why(signed(unsigned), at, null)).toBe('unsigned');
  expect(whyUnsigned({ ...target, connector: loadCatalog({ settings: {} }).get('hubspot'), inputs: {} }, {}, null, at)).toBeNull();
});
