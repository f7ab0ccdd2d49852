import { createHash, randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { startHttpServer } from '@trunkline/testing';

export const clientId = 'trunkline-client';
export const clientSecret = 'client:secret with %';

interface Consent {
  challenge: string;
  redirectUri: string;
  scope: string;
}

type TokenAnswer = (response: ServerResponse) => void;

export interface TokenCall {
  parameters: Record<string, string>;
  authorization: string | undefined;
}

/**
 * A small authorization server on a real socket, with the paths of the sandbox connector. It checks client, redirect URI, PKCE and the
 * single use of codes as a good provider does, and can be told to answer otherwise.
 */
export async function startScriptedProvider() {
  const codes = new Map<string, Consent>();
  const tokenCalls: TokenCall[] = [];
  const revoked: string[] = [];
  const strayPaths: string[] = [];
  let answer: TokenAnswer | null = null;

  const json = (response: ServerResponse, status: number, body: object) =>
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));

  function token(request: IncomingMessage, response: ServerResponse, body: string): void {
    const parameters = Object.fromEntries(new URLSearchParams(body));
    tokenCalls.push({ parameters, authorization: request.headers.authorization });
    if (answer !== null) return answer(response);
    const expected = `Basic ${Buffer.from(`${clientId}:${encodeURIComponent(clientSecret).replaceAll('%20', '+')}`).toString('base64')}`;
    if (request.headers.authorization !== expected) return void json(response, 401, { error: 'invalid_client' });
    const consent = codes.get(parameters.code ?? '');
    codes.delete(parameters.code ?? '');
    const challenge = createHash('sha256').update(parameters.code_verifier ?? '').digest('base64url');
    const sameWalk = consent !== undefined && consent.redirectUri === parameters.redirect_uri && consent.challenge === challenge;
    if (!sameWalk || parameters.grant_type !== 'authorization_code') return void json(response, 400, { error: 'invalid_grant' });
    const number = tokenCalls.length;
    json(response, 200, { access_token: `access-${number}`, refresh_token: `refresh-${number}`, token_type: 'Bearer', expires_in: 300, scope: consent.scope });
  }

  const server = await startHttpServer((request, response, body) => {
    if (request.method === 'POST' && request.url === '/oauth/token') return token(request, response, body);
    if (request.method === 'POST' && request.url === '/oauth/token/revocation') {
      revoked.push(new URLSearchParams(body).get('token') ?? '');
      return void response.writeHead(200).end();
    }
    if (request.url === '/outage') return void response.writeHead(503).end();
    strayPaths.push(`${request.method} ${request.url}`);
    response.writeHead(404).end();
  });

  return {
    url: server.url,
    authority: server.authority,
    tokenCalls,
    revoked,
    strayPaths,
    /** The person agrees: what the provider would send to our callback. */
    consent: (authorizationUrl: string): Record<string, string> => {
      const { searchParams } = new URL(authorizationUrl);
      const code = randomBytes(16).toString('hex');
      const asked = (name: string) => searchParams.get(name) ?? '';
      codes.set(code, { challenge: asked('code_challenge'), redirectUri: asked('redirect_uri'), scope: asked('scope') });
      return { code, state: searchParams.get('state') ?? '', iss: `${server.url}/oauth` };
    },
    /** A person agreed at a consent page that somebody else sent them to: the code. */
    consentFor: ({ redirectUri, verifier, scope }: { redirectUri: string; verifier: string; scope: string }): string => {
      const code = randomBytes(16).toString('hex');
      codes.set(code, { challenge: createHash('sha256').update(verifier).digest('base64url'), redirectUri, scope });
      return code;
    },
    answerTokensWith: (scripted: TokenAnswer | null) => void (answer = scripted),
    json,
    close: () => server.close(),
  };
}
export type ScriptedProvider = Awaited<ReturnType<typeof startScriptedProvider>>;
