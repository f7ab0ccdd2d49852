import { isIP } from 'node:net';
import type { LookupFunction } from 'node:net';
import { EgressError } from './egress-error.js';
import type { Lookup, LookupAnswer } from './lookup.js';

/**
 * The lookup Node connects by, with the check inside: what was checked is what is connected to, so a second answer (DNS rebinding) is never
 * asked for.
 */
export function pinnedLookup(lookup: Lookup, check: (authority: string, answers: readonly LookupAnswer[]) => void): LookupFunction {
  return (hostname, options, callback) => {
    lookup(hostname)
      .catch((error: unknown) => {
        throw new EgressError('EGRESS_DNS', `the name ${hostname} could not be resolved`, { reason: systemCode(error) });
      })
      .then((found) => {
        // Copied before the check, so that what is checked cannot change afterwards.
        const answers = found.map(({ address }): LookupAnswer => ({ address, family: isIP(address) === 6 ? 6 : 4 }));
        check(hostname, answers);
        return answers;
      })
      .then(
        (answers) => {
          const first = answers[0];
          if (options.all) callback(null, [...answers]);
          else callback(null, first?.address ?? '', first?.family);
        },
        (error: NodeJS.ErrnoException) => callback(error, options.all ? [] : '', 4),
      );
  };
}

const systemCode = (error: unknown): string | undefined => {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' ? code : undefined;
};
