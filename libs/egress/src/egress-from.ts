import { readFileSync } from 'node:fs';
import { createEgress } from './egress.js';
import { resolverLookup } from './lookup.js';
import type { Egress, EgressOptions } from './options.js';

/** What the operator says about outgoing connections, as the services' settings have it. */
export interface EgressConfig {
  readonly egressAllow: readonly string[];
  readonly egressConnectTo: readonly string[];
  readonly egressResolver: readonly string[];
  readonly egressCaFile?: string | undefined;
}

/**
 * The way out of one service.
 *
 * @throws Error when a setting is not usable, or the CA file cannot be read
 */
export function egressFrom({ egressAllow, egressConnectTo, egressResolver, egressCaFile }: EgressConfig, more: Pick<EgressOptions, 'timeoutMs' | 'connectionsPerOrigin'> = {}): Egress {
  return createEgress({
    ...more,
    allow: egressAllow,
    connectTo: egressConnectTo,
    ...(egressResolver.length === 0 ? {} : { lookup: resolverLookup(egressResolver) }),
    ...(egressCaFile === undefined ? {} : { ca: readCa(egressCaFile) }),
  });
}

function readCa(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new Error(`the file of certificate authorities ${file} cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unknown error'})`, { cause: error });
  }
}
