import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { OauthConnectionType, Principal } from '@trunkline/contracts';
import type { CallbackKind } from './redirect-uri.js';

/** One walk through consent, from start to callback. While its row is there it is under way; it ends by the row's removal. */
export interface Authorization {
  readonly id: string;
  readonly connectionId: string;
  readonly platformId: string;
  /** Null: for a connection of the platform. */
  readonly projectId: string | null;
  readonly projectIds: readonly string[];
  readonly ownerId: string | null;
  /** Who started it. */
  readonly principalKind: Principal['kind'];
  readonly principalId: string;
  readonly principalUserId: string | null;
  readonly connector: string;
  readonly inputs: Readonly<Record<string, string>>;
  readonly callback: CallbackKind;
  /** Whose app it is. */
  readonly type: OauthConnectionType;
  /** The connection has a working credential already: what fails now must not end the grant it holds. */
  readonly reconnect: boolean;
  readonly allowOtherAccount: boolean;
  readonly oauthAppId: string;
  /** The client the person was asked to trust: an app that was given another client meanwhile cannot finish the walk. */
  readonly clientId: string;
  readonly redirectUri: string;
  readonly scopes: readonly string[];
  readonly returnUrl: string | null;
  readonly browserBindingHash: Buffer;
  /** Null where the provider cannot do PKCE. */
  readonly sealedCodeVerifier: Buffer | null;
  readonly expectedIssuer: string | null;
  /** The provider names itself with every answer. */
  readonly issuerRequired: boolean;
  /** Of every endpoint the walk may use; null: begun by a version that did not look. */
  readonly endpointsDigest: Buffer | null;
  /** The link it was begun from, and for whom that is; null: begun by somebody who has an account. */
  readonly connectLink: { readonly id: string; readonly endUserId: string } | null;
}

/** How a walk ends without a grant. */
export type Abandonment = 'denied' | 'failed' | 'expired';

/** How long a person has. */
export const walkMinutes = 10;

/** 256 bits; the provider carries it through the browser, we keep its digest. */
export const newState = (): string => randomBytes(32).toString('base64url');

export const sha256 = (text: string): Buffer => createHash('sha256').update(text).digest();

/** Compares a secret with the digest kept of it, in constant time. */
export const hasDigest = (presented: string, digest: Uint8Array): boolean => timingSafeEqual(sha256(presented), digest);
