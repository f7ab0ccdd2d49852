import type { Principal, SigningKey, SigningKeyAlgorithm } from '@trunkline/contracts';
import { AppError } from '@trunkline/service';

/** Whose key: a project's, or (`projectId` null) a platform's own. A connection signs with its owner's keys and no others. */
export interface KeyOwner {
  readonly platformId: string;
  readonly projectId: string | null;
}

/** A row without its sealed private half. */
export type SigningKeyRow = Omit<SigningKey, 'created'> & { readonly created: Date };

/** For queries. */
export const signingKeyColumns = `
  id, platform_id AS "platformId", project_id AS "projectId", display_name AS "displayName", algorithm, public_key_pem AS "publicKeyPem",
  public_jwk AS "publicJwk", ssh_public_key AS "sshPublicKey", certificate_pem AS "certificatePem", fingerprint, created_at AS created`;
/** With the owner as $2 and $3. */
export const ownedLive = 'platform_id = $2 AND project_id IS NOT DISTINCT FROM $3 AND revoked_at IS NULL';

export const toSigningKey = ({ created, ...row }: SigningKeyRow): SigningKey => ({ ...row, created: created.toISOString() });

/** @throws AppError AUTHORIZATION for a principal that is bound to no platform */
export function ownerOf({ platformId, projectId }: Principal): KeyOwner {
  if (platformId === null) throw new AppError('AUTHORIZATION', 'This key belongs to no platform, and signing keys do. Use a key of the platform or of a project.');
  return { platformId, projectId };
}

/** Which algorithms are for SSH and which for assertions. */
export const isSshAlgorithm = (algorithm: SigningKeyAlgorithm): boolean => algorithm.startsWith('ssh-');
