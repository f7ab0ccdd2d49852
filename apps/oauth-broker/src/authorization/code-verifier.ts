import { Secret } from '@trunkline/contracts';
import type { BrokerParts } from '../broker-parts.js';
import type { Authorization } from './authorization.js';

type Vaulted = Pick<BrokerParts, 'vault'>;
type Walk = Pick<Authorization, 'id' | 'platformId'>;

/** Whoever reads the table must not be able to finish a walk (RFC 7636 §7.1). */
export const sealedVerifierContext = ({ id, platformId }: Walk) => ({ tenant: platformId, subject: id, field: 'code_verifier' });

export const sealCodeVerifier = async ({ vault }: Vaulted, walk: Walk, codeVerifier: string): Promise<Buffer> =>
  Buffer.from(await vault.seal(sealedVerifierContext(walk), codeVerifier));

export const openCodeVerifier = async ({ vault }: Vaulted, walk: Authorization): Promise<Secret | null> =>
  walk.sealedCodeVerifier === null ? null : new Secret(await vault.openText(sealedVerifierContext(walk), walk.sealedCodeVerifier));
