import type { Secret } from '@trunkline/contracts';
import type { Abandonment, Authorization } from '../../authorization.js';
import type { CallbackKind } from '../../redirect-uri.js';

/** What came to our callback, and the walk its state belongs to (already used up). */
export interface CallbackContext {
  readonly authorization: Authorization;
  /** By the database's clock. */
  readonly expired: boolean;
  /** The name in the path is that of the walk's connector. */
  readonly isConnectorsPath: boolean;
  /** Of the connector's endpoints as they are now; null: they are still to be looked up at its issuer, and compared then. */
  readonly endpointsDigest: Buffer | null;
  readonly callback: CallbackKind;
  readonly query: Readonly<Record<string, string>>;
  readonly browserBinding: Secret | null;
  /** Client id the app has now; null if the app is gone. */
  readonly clientId: string | null;
}

/** One rule. `holds` says whether this callback may go on; whoever is refused is told the same words, whichever rule it was. */
export interface CallbackCheck {
  /** For the log. */
  readonly name: string;
  readonly outcome: Abandonment;
  readonly holds: (context: CallbackContext) => boolean;
}
