import type { credentials, ReplyOf } from '@trunkline/contracts';
import type { SecretMembers } from '../credential/secret-members.js';

/** What a caller of resolve gets of each kind of credential. */
export function handedOut(members: SecretMembers): Pick<ReplyOf<typeof credentials.resolve>, 'token' | 'username' | 'props'> {
  switch (members.type) {
    case 'OAUTH2':
      return { token: members.accessToken, username: null, props: null };
    case 'SECRET_TEXT':
      return { token: members.secretText, username: null, props: null };
    case 'BASIC_AUTH':
      return { token: members.password, username: members.username, props: null };
    case 'CUSTOM_AUTH':
      return { token: null, username: null, props: members.props };
    case 'NO_AUTH':
      return { token: null, username: null, props: null };
  }
}
