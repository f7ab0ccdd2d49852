import { egressRegions } from './egress-addresses.js';

describe('the setting with the addresses requests come from', () => {
  it('is read by region', () => {
    expect(egressRegions.parse(' eu=192.0.2.1, 2001:db8::1 ;us=198.51.100.0/28;')).toEqual([
      { region: 'eu', addresses: ['192.0.2.1', '2001:db8::1'] },
      { region: 'us', addresses: ['198.51.100.0/28'] },
    ]);
    expect(egressRegions.parse('')).toEqual([]);
  });

  it.each(['192.0.2.1', 'eu=', 'eu=example.com', 'eu=192.0.2.1/33', 'eu=192.0.2.1;eu=192.0.2.2', 'eu=a=b', 'eu=192.0.2.1/8/8'])('is refused: %s', (text) => {
    expect(egressRegions.safeParse(text).success).toBe(false);
  });
});
