import { clientAddress } from './client-address.js';

describe('the address of a client', () => {
  it.each<[string | undefined, string, number, string]>([
    [undefined, '192.0.2.1', 0, '192.0.2.1'],
    ['203.0.113.9', '192.0.2.1', 0, '192.0.2.1'],
    ['203.0.113.9', '192.0.2.1', 1, '203.0.113.9'],
    ['6.6.6.6, 203.0.113.9', '192.0.2.1', 1, '203.0.113.9'],
    ['6.6.6.6, 203.0.113.9, 192.0.2.2', '192.0.2.1', 2, '203.0.113.9'],
    ['203.0.113.9', '192.0.2.1', 5, '203.0.113.9'],
    [undefined, '192.0.2.1', 1, '192.0.2.1'],
    ['made up', '192.0.2.1', 1, '192.0.2.1'],
    ['unknown, 203.0.113.9', '192.0.2.1', 1, '203.0.113.9'],
    [undefined, '::ffff:192.0.2.1', 0, '192.0.2.1'],
    [undefined, '2001:db8:1:2:3:4:5:6', 0, '2001:db8:1:2::/64'],
    [undefined, '2001:DB8:1:2::', 0, '2001:db8:1:2::/64'],
    [undefined, '2001:db8::1', 0, '2001:db8:0:0::/64'],
    [undefined, 'fe80::1%eth0', 0, 'fe80:0:0:0::/64'],
    [undefined, '::1', 0, '0:0:0:0::/64'],
  ])('X-Forwarded-For %j from %s behind %d: %s', (forwarded, socket, proxies, expected) => {
    expect(clientAddress(forwarded === undefined ? {} : { 'x-forwarded-for': forwarded }, socket, proxies)).toBe(expected);
  });
});
