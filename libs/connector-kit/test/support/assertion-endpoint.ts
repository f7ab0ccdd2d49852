import type { KeyObject } from 'node:crypto';
import { jwtVerify } from 'jose';
import type { JWTPayload, ProtectedHeaderParameters } from 'jose';
import type { Received, Reply } from './local-server.js';

/** An authorization server's side of RFC 7523: verifies what comes, and takes each `jti` once. */
export class AssertionEndpoint {
  readonly seen: { header: ProtectedHeaderParameters; claims: JWTPayload; form: URLSearchParams }[] = [];
  readonly #used = new Set<string>();
  issuer = 'client-1';
  /** Default: the endpoint's own URL. */
  audience: string | undefined;
  accepted: readonly string[] = ['RS256', 'PS256', 'ES256', 'EdDSA'];

  constructor(private readonly publicKey: () => KeyObject) {}

  async answer({ path, body }: Pick<Received, 'path' | 'body'>, origin: string): Promise<Reply> {
    const form = new URLSearchParams(body);
    const isClient = form.has('client_assertion');
    const refuse = (): Reply => ({ status: 400, body: { error: isClient ? 'invalid_client' : 'invalid_grant', error_description: `s3cret ${body}` } });
    const expected = isClient
      ? form.get('grant_type') === 'client_credentials' && form.get('client_assertion_type') === 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'
      : form.get('grant_type') === 'urn:ietf:params:oauth:grant-type:jwt-bearer';
    if (!expected) return { status: 400, body: { error: 'unsupported_grant_type' } };
    try {
      const { payload, protectedHeader } = await jwtVerify(form.get(isClient ? 'client_assertion' : 'assertion') ?? '', this.publicKey(), {
        issuer: this.issuer,
        audience: this.audience ?? `${origin}${path}`,
        algorithms: [...this.accepted],
        requiredClaims: ['iss', 'sub', 'aud', 'exp', 'iat', 'jti'],
        maxTokenAge: '1h',
      });
      if (this.#used.has(payload.jti!)) return refuse();
      this.#used.add(payload.jti!);
      this.seen.push({ header: protectedHeader, claims: payload, form });
      return { body: { access_token: `s3cret-access-${this.seen.length}`, token_type: 'Bearer', expires_in: 600, refresh_token: 's3cret-refresh' } };
    } catch {
      return refuse();
    }
  }
}
