import { randomBytes } from 'node:crypto';

/** RFC 4648 base32, small: 32 letters and digits of which none is taken for another. */
const alphabet = 'abcdefghijklmnopqrstuvwxyz234567';
/** An id has 64 characters at most, nine of which are not the name's. */
export const longestName = 55;

/** The id of a tenant's connector: its name, and a tail that no tenant can choose, so that no two have one callback, subject or secret. */
export const newConnectorId = (name: string): string => `${name}_${Array.from(randomBytes(8), (byte) => alphabet[byte & 31]!).join('')}`;
