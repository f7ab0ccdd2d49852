import type { Credential } from '../credential.js';

const secretsOf = (credential: Credential): string[] => {
  switch (credential.type) {
    case 'OAUTH2':
    case 'JWT_BEARER':
      return [credential.accessToken.reveal()];
    case 'SECRET_TEXT':
      return [credential.secretText.reveal()];
    case 'BASIC_AUTH':
      return [credential.username, credential.password.reveal()];
    case 'CUSTOM_AUTH':
      return Object.entries(credential.props).flatMap(([name, value]) => [name, value.reveal()]);
    case 'KEY_PAIR':
      return [credential.username, credential.privateKey.reveal()];
    case 'NO_AUTH':
      return [];
  }
};

/** True if both would be refused alike. */
export const sameCredential = (left: Credential, right: Credential): boolean =>
  left.type === right.type && JSON.stringify(secretsOf(left)) === JSON.stringify(secretsOf(right));
