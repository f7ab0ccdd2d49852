import { authMethodsOf, type Connector } from '@trunkline/catalog';
import type { Credential } from '@trunkline/connector-kit';
import type { ConnectionValue } from '@trunkline/contracts';
import { AppError } from '@trunkline/service';

const wrong = (path: string, message: string): AppError => new AppError('VALIDATION', `${path}: ${message}.`, { params: { issues: [{ path, message }] } });

/** What was brought, as requests are made with it. @throws AppError VALIDATION for what cannot be tried without being stored */
export function givenCredential(connector: Connector, value: ConnectionValue | undefined): Credential {
  const offered = authMethodsOf(connector);
  const credential = usable(value ?? { type: 'NO_AUTH' });
  if (credential === null) throw wrong('value', 'cannot be tried without being stored; bring a key, or an access token of OAUTH2, or name a connection');
  if (offered.includes(credential.type)) return credential;
  throw wrong('value', value === undefined ? `is needed, or a connection ("connectionId"); it takes ${offered.join(', ')}` : `is ${credential.type}, which ${connector.name} does not take; it takes ${offered.join(', ')}`);
}

function usable(value: ConnectionValue): Credential | null {
  switch (value.type) {
    case 'SECRET_TEXT':
    case 'BASIC_AUTH':
    case 'CUSTOM_AUTH':
    case 'NO_AUTH':
      return value;
    case 'OAUTH2':
    case 'CLOUD_OAUTH2':
    case 'PLATFORM_OAUTH2':
      return value.accessToken === undefined ? null : { type: 'OAUTH2', accessToken: value.accessToken, tokenType: value.tokenType ?? 'Bearer' };
    default:
      return null;
  }
}
