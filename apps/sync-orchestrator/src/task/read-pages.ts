import { ProviderError, readStream, type ReadPage, type ReadStreamOptions } from '@trunkline/connector-kit';
import type { CredentialLease } from './credential-lease.js';

/**
 * The pages of a stream from a checkpoint on. A credential the provider refuses is exchanged once, and reading goes on behind the
 * last page; if the next one is refused too, or there is none, that is the end. `change` makes of each what is passed on.
 */
export async function* readPages(options: Omit<ReadStreamOptions, 'credential'>, lease: CredentialLease, change: (page: ReadPage) => ReadPage = (page) => page): AsyncGenerator<ReadPage, void, void> {
  const credential = async () => (await lease.current()).credential;
  let { state } = options;
  let refused = false;
  for (;;) {
    try {
      for await (const page of readStream({ ...options, credential, state })) {
        refused = false;
        state = page.state;
        yield change(page);
      }
      return;
    } catch (error) {
      const unauthorized = error instanceof ProviderError && error.kind === 'unauthorized';
      if (!unauthorized || refused || !(await lease.replace())) throw error;
      refused = true;
    }
  }
}
