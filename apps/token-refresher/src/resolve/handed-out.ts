import { Secret, type credentials, type ReplyOf, type UsableCredential } from '@trunkline/contracts';

type HandedOut = Pick<ReplyOf<typeof credentials.resolve>, 'token' | 'username' | 'props'>;

/** Not secret itself, but of use only beside what it guards. */
const pinned = (hostKey: string | null | undefined): Record<string, Secret> => (hostKey ? { host_key_fingerprint: new Secret(hostKey) } : {});

/** What a caller of resolve gets of each kind of credential. */
export function handedOut(credential: UsableCredential): HandedOut {
  switch (credential.type) {
    case 'OAUTH2':
    case 'JWT_BEARER':
      return { token: credential.accessToken, username: null, props: null };
    case 'SECRET_TEXT':
      return { token: credential.secretText, username: null, props: null };
    case 'BASIC_AUTH':
      return { token: credential.password, username: credential.username, props: credential.hostKey ? pinned(credential.hostKey) : null };
    case 'CUSTOM_AUTH':
      return { token: null, username: null, props: credential.props };
    case 'KEY_PAIR': {
      const passphrase: Record<string, Secret> = credential.passphrase === null ? {} : { passphrase: credential.passphrase };
      return { token: null, username: credential.username, props: { private_key: credential.privateKey, ...passphrase, ...pinned(credential.hostKey) } };
    }
    case 'NO_AUTH':
      return { token: null, username: null, props: null };
  }
}
