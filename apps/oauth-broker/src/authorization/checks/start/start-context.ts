import type { Connector } from '@trunkline/catalog';
import type { OauthAppRow } from '../../../oauth-app/oauth-app.entity.js';

/** What is known when a walk is about to start. */
export interface StartContext {
  readonly connector: Connector;
  readonly inputs: Readonly<Record<string, string>>;
  /** The project's app, else the platform's. */
  readonly oauthApp: OauthAppRow | null;
  /** What has to be registered at the provider. */
  readonly redirectUri: string;
}

/** One rule. @throws AppError saying what is wrong and what to do */
export type StartCheck = (context: StartContext) => void;
