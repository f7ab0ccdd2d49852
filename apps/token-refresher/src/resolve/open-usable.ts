import { Inject, Injectable } from '@nestjs/common';
import { publicKeyOf, readPrivateKey, sshPrivateKey } from '@trunkline/connector-kit';
import { Secret, type UsableCredential } from '@trunkline/contracts';
import type { Credential } from '../credential/credential.js';
import { CredentialSeal } from '../credential/credential-seal.js';
import type { SecretMembers } from '../credential/secret-members.js';
import { KeyOfCredential } from '../signing-key/key-of-credential.js';
import type { KeyOwner } from '../signing-key/signing-key.js';

/** From what is sealed to what requests are made with. */
@Injectable()
export class OpenUsable {
  readonly #seal: CredentialSeal;
  readonly #keys: KeyOfCredential;

  constructor(@Inject(CredentialSeal) seal: CredentialSeal, @Inject(KeyOfCredential) keys: KeyOfCredential) {
    this.#seal = seal;
    this.#keys = keys;
  }

  async open(credential: Credential): Promise<UsableCredential> {
    return this.of(credential, await this.#seal.open(credential), credential.tokenType);
  }

  /** @throws AppError INVALID_APP_CONNECTION if the key a KEY_PAIR names cannot be had */
  async of(owner: KeyOwner, members: SecretMembers, tokenType: string): Promise<UsableCredential> {
    switch (members.type) {
      case 'OAUTH2':
      case 'JWT_BEARER':
        return { type: members.type, accessToken: members.accessToken, tokenType };
      case 'KEY_PAIR': {
        const { privateKey, passphrase, algorithm } = await this.#keys.find(owner, members);
        const { username, hostKey } = members;
        // Signing keys are kept as PKCS#8, which SSH programs do not read; a person's own key is handed out as it came.
        return { type: 'KEY_PAIR', username, privateKey: algorithm === null ? privateKey : forSsh(privateKey), passphrase, hostKey };
      }
      default:
        return members;
    }
  }
}

function forSsh(privateKey: Secret): Secret {
  const key = readPrivateKey(privateKey);
  return new Secret(sshPrivateKey(key, publicKeyOf(key)));
}
