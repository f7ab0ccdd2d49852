import type { Connector } from '@trunkline/catalog';
import { tokenEndpoint } from '@trunkline/connector-kit';
import type { OauthCredential } from '@trunkline/contracts';
import { AppError } from '@trunkline/service';
import { namedGrantType } from '../../grant-type-of.js';
import { isOurCallback } from '../../redirect-uri.js';

/** What a client brings, and where it is to go. */
export interface Brought {
  readonly connector: Connector;
  readonly inputs: Readonly<Record<string, string>>;
  readonly settings: Readonly<Record<string, string>>;
  readonly publicUrl: string;
  readonly credential: OauthCredential;
}

const invalid = (connector: Connector, message: string): AppError => new AppError('INVALID_APP_CONNECTION', message, { params: { connector: connector.id } });

/** An app of the client's own goes with OAUTH2; the other two types use apps that are stored, and a secret beside them would go nowhere. */
function checkClient({ connector, credential: { type, clientId, clientSecret } }: Brought): void {
  if (type === 'OAUTH2' && clientId === undefined) throw invalid(connector, 'clientId: is needed with the type OAUTH2, with the clientSecret that belongs to it.');
  if (type !== 'OAUTH2' && (clientId !== undefined || clientSecret !== undefined)) {
    throw invalid(connector, `clientId and clientSecret: must be left out with the type ${type}, which uses a stored OAuth app. Use the type OAUTH2 to bring one.`);
  }
}

/** A secret that is refreshed, or exchanged, needs the client to prove itself. */
function checkClientSecret({ connector, credential: { type, clientSecret, accessToken, refreshToken } }: Brought): void {
  if (type !== 'OAUTH2' || clientSecret !== undefined || connector.auth.OAUTH2!.clientAuthentication === 'none') return;
  if (accessToken !== undefined && refreshToken === undefined) return;
  throw invalid(connector, `clientSecret: is needed, because ${connector.name} asks its clients for one.`);
}

/** The secret would go wherever the client says (CORRECTNESS 1.2): it goes to the catalog's address or nowhere. */
function checkTokenUrl({ connector, inputs, settings, credential: { tokenUrl } }: Brought): void {
  if (tokenUrl === undefined) return;
  const known = tokenEndpoint(connector, inputs, settings);
  if (new URL(tokenUrl).href !== new URL(known).href) throw invalid(connector, `tokenUrl: must be ${known}, or be left out.`);
}

/** Which of two grants is meant is the client's to say, never to be guessed: one acts for a person, the other for the client itself. */
function checkGrant({ connector, publicUrl, credential }: Brought): void {
  const { code, accessToken, redirectUrl } = credential;
  const known = connector.auth.OAUTH2!.grantTypes;
  const grantType = namedGrantType(connector, credential);
  if (grantType !== undefined && !known.includes(grantType)) throw invalid(connector, `grantType: must be ${known.join(' or ')}.`);
  if (accessToken !== undefined) return;
  if (grantType === 'client_credentials') {
    if (code === undefined) return;
    throw invalid(connector, 'code: must be left out with the grant type client_credentials, which has no consent page.');
  }
  if (code === undefined) {
    if (grantType === undefined) throw invalid(connector, 'grantType: say client_credentials to connect as the client itself, or bring the code the consent page returned.');
    throw invalid(connector, 'Neither a code nor an access token was given. Bring the code the consent page returned, or the tokens it was exchanged for.');
  }
  if (redirectUrl === undefined) throw invalid(connector, 'redirectUrl: is needed with a code, exactly as the consent page was given it.');
  if (isOurCallback(publicUrl, redirectUrl)) throw invalid(connector, 'redirectUrl: is our own callback; codes that are sent there are taken there.');
}

/** In this order, before anything is sent. @throws AppError INVALID_APP_CONNECTION saying what to change */
export function checkBrought(brought: Brought): void {
  for (const check of [checkClient, checkTokenUrl, checkGrant, checkClientSecret]) check(brought);
}
