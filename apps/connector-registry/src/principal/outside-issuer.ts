import { createRemoteJWKSet, customFetch, errors, jwtVerify, type JWTVerifyGetKey } from 'jose';
import type { Secret } from '@trunkline/contracts';
import type { Egress } from '@trunkline/egress';
import { AppError } from '@trunkline/service';
import type { OidcSettings } from './oidc-settings.js';
import { refused } from './refused.js';

/** Asymmetric ones only: with a shared secret among them, the issuer's public key would be a key to sign with. */
const algorithms = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519'];
const clockToleranceSeconds = 60;
const maxDocumentBytes = 262_144;
/** Between two attempts to reach an issuer that did not answer. */
const pauseAfterFailureMs = 5_000;
/** Between two looks for keys we have not got: a made-up key id must not become a request to the issuer each time. */
const pauseBetweenKeySetsMs = 10_000;

/** Tokens of an outside OpenID Connect issuer. Its keys are fetched when the first token comes, kept, and fetched anew for a key id not seen before. */
export class OutsideIssuer {
  readonly #settings: OidcSettings;
  readonly #egress: Egress;
  #keys: Promise<JWTVerifyGetKey> | undefined;
  #notBefore = 0;

  constructor(settings: OidcSettings, egress: Egress) {
    this.#settings = settings;
    this.#egress = egress;
  }

  get platformId(): string {
    return this.#settings.platformId;
  }

  isIssuerOf(issuer: string | undefined): boolean {
    return issuer === this.#settings.issuer;
  }

  /** @throws AppError AUTHENTICATION; SERVICE_UNAVAILABLE if the issuer's keys cannot be had */
  async emailOf(token: Secret): Promise<string> {
    const { issuer, audience, emailClaim } = this.#settings;
    try {
      const keys = await (this.#keys ??= this.#findKeys());
      const { payload } = await jwtVerify(token.reveal(), keys, { algorithms, issuer, audience, requiredClaims: ['exp'], clockTolerance: clockToleranceSeconds });
      const email = payload[emailClaim];
      // An address that the issuer has not seen proven is one that anybody may have typed there.
      const unproven = payload.email_verified === false || payload.email_verified === 'false';
      if (typeof email !== 'string' || email === '' || unproven) throw refused();
      return email;
    } catch (error) {
      if (error instanceof AppError) throw error;
      if (isTheIssuersFault(error)) throw unavailable(error);
      throw refused(error);
    }
  }

  close(): Promise<void> {
    return this.#egress.close();
  }

  async #findKeys(): Promise<JWTVerifyGetKey> {
    try {
      const url = new URL(this.#settings.jwksUrl ?? (await this.#discover()));
      return createRemoteJWKSet(url, { cooldownDuration: pauseBetweenKeySetsMs, [customFetch]: async (wanted) => new Response(await this.#document(String(wanted)), { status: 200 }) });
    } catch (error) {
      this.#keys = undefined;
      throw error;
    }
  }

  /** OpenID Connect Discovery 1.0 §4: the document must be the issuer's own. */
  async #discover(): Promise<string> {
    const { issuer } = this.#settings;
    const document = JSON.parse(await this.#document(`${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`)) as { issuer?: unknown; jwks_uri?: unknown };
    if (document.issuer !== issuer || typeof document.jwks_uri !== 'string') throw new Error("the discovery document is not this issuer's, or names no jwks_uri");
    return document.jwks_uri;
  }

  async #document(url: string): Promise<string> {
    if (performance.now() < this.#notBefore) throw new Error('the issuer did not answer a moment ago');
    try {
      const response = await this.#egress.request({ url, headers: { accept: 'application/json' }, maxBytes: maxDocumentBytes });
      if (response.status !== 200) throw new Error(`${new URL(url).host} answered ${response.status}`);
      return response.text();
    } catch (error) {
      this.#notBefore = performance.now() + pauseAfterFailureMs;
      throw error;
    }
  }
}

/** The bare class stands for an answer that is no JSON. */
const isTheIssuersFault = (error: unknown): boolean =>
  !(error instanceof errors.JOSEError) || error instanceof errors.JWKSTimeout || error instanceof errors.JWKSInvalid || error.constructor === errors.JOSEError;

const unavailable = (cause: unknown): AppError =>
  new AppError('SERVICE_UNAVAILABLE', 'The token cannot be checked: the keys of its issuer cannot be had at the moment.', { params: { retryAfterSeconds: pauseAfterFailureMs / 1_000 }, cause });
