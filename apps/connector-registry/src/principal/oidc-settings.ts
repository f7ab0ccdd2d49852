import type { RegistryConfig } from '../config.js';

/** The outside issuer, as the operator names it. */
export interface OidcSettings {
  readonly issuer: string;
  readonly audience: string;
  readonly platformId: string;
  readonly jwksUrl: string | undefined;
  readonly emailClaim: string;
}

/** Null: there is none. @throws Error if it is named by half, which must not pass for "none" */
export function oidcSettings(config: Pick<RegistryConfig, 'oidcIssuer' | 'oidcAudience' | 'oidcPlatformId' | 'oidcJwksUrl' | 'oidcEmailClaim'>): OidcSettings | null {
  const { oidcIssuer: issuer, oidcAudience: audience, oidcPlatformId: platformId, oidcJwksUrl: jwksUrl, oidcEmailClaim: emailClaim } = config;
  if (issuer === undefined && audience === undefined && platformId === undefined && jwksUrl === undefined) return null;
  if (issuer === undefined || audience === undefined || platformId === undefined) {
    throw new Error('TRUNKLINE_OIDC_ISSUER, TRUNKLINE_OIDC_AUDIENCE and TRUNKLINE_OIDC_PLATFORM_ID belong together: set all three, or none and no TRUNKLINE_OIDC_JWKS_URL.');
  }
  return { issuer, audience, platformId, jwksUrl, emailClaim };
}
