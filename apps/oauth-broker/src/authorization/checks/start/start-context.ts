import type { Connector } from '@trunkline/catalog';
import type { OauthConnectionType } from '@trunkline/contracts';
import type { OauthAppRow } from '../../../oauth-app/oauth-app.entity.js';

/** What is known when a walk is about to start. */
export interface StartContext {
  readonly connector: Connector;
  readonly inputs: Readonly<Record<string, string>>;
  /** Asked for besides the connector's minimum. */
  readonly scopes: readonly string[];
  /** Whose app was asked for; undefined: the nearest. */
  readonly type: OauthConnectionType | undefined;
  readonly oauthApp: OauthAppRow | null;
  /** What has to be registered at the provider. */
  readonly redirectUri: string;
}

/** One rule. @throws AppError saying what is wrong and what to do */
export type StartCheck = (context: StartContext) => void;
