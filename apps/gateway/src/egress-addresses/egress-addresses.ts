import { isIP } from 'node:net';
import { z } from 'zod';

/** The addresses requests come from, in one region. */
export const egressRegion = z.object({ region: z.string(), addresses: z.array(z.string()) });
export type EgressRegion = z.output<typeof egressRegion>;

/** An address, or a network in CIDR notation. */
function isAddress(text: string): boolean {
  const [address = '', bits, ...more] = text.split('/');
  const family = isIP(address);
  if (family === 0 || more.length > 0) return false;
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128));
}

/** `eu=192.0.2.1,192.0.2.2;us=198.51.100.0/28`. */
export const egressRegions = z.string().transform((text, context): EgressRegion[] => {
  const regions = text.split(';').map((part) => part.trim()).filter((part) => part !== '').map((part) => {
    const [region = '', list = '', ...more] = part.split('=').map((piece) => piece.trim());
    const addresses = list.split(',').map((address) => address.trim());
    if (!/^[a-z0-9][a-z0-9_-]*$/i.test(region) || more.length > 0 || !addresses.every(isAddress)) {
      context.addIssue({ code: 'custom', message: `"${part}" must be like region=192.0.2.1,192.0.2.2` });
    }
    return { region, addresses };
  });
  if (new Set(regions.map(({ region }) => region)).size < regions.length) context.addIssue({ code: 'custom', message: 'names a region twice' });
  return regions;
});
