import { VaultError } from './vault-error.js';

/** Whoever holds the master keys is out of reach or refuses: the same call may succeed later. */
export const unavailable = (message: string, cause?: unknown): VaultError => new VaultError('VAULT_UNAVAILABLE', message, { cause });
