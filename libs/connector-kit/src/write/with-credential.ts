import type { Credential } from '../credential.js';
import { ProviderError } from '../provider-error.js';
import type { WriteEnvironment } from './writer.js';

/** Does it with the present credential; if that is refused, once more with a newer one, if there is one. */
export async function withCredential<Result>({ credential, renew }: Pick<WriteEnvironment, 'credential' | 'renew'>, work: (credential: Credential) => Promise<Result>): Promise<Result> {
  try {
    return await work(await credential());
  } catch (error) {
    if (!(error instanceof ProviderError) || error.kind !== 'unauthorized' || !(await renew())) throw error;
    return work(await credential());
  }
}
