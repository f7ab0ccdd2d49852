import type { Secret } from '@trunkline/contracts';
import type { StateStore } from '../passport/state-store.js';

const misuse = () => new Error('this half of the walk does not do that');

/** For the first half: remembers the PKCE verifier under a fresh state, which passport then sends along. */
export const openingStore = (remember: (codeVerifier: string | undefined) => Promise<string>): StateStore => ({
  store(_request, codeVerifier, _state, _meta, done) {
    remember(codeVerifier)
      .then((state) => done(null, state))
      .catch((error: unknown) => done(error));
  },
  verify(_request, _state, _meta, done) {
    done(misuse());
  },
});

/**
 * For the second half. The state was used up before there was a strategy (it names the tenant whose client the strategy is for), so
 * what is left is to hand out the verifier that was remembered with it.
 */
export const usedUpStore = (codeVerifier: Secret | null): StateStore => ({
  store(_request, _codeVerifier, _state, _meta, done) {
    done(misuse());
  },
  verify(_request, _state, _meta, done) {
    done(null, codeVerifier === null ? true : codeVerifier.reveal());
  },
});
