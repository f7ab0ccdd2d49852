import { Inject, Injectable } from '@nestjs/common';
import { readPrivateKey, signAssertion, type Grant, type Target } from '@trunkline/connector-kit';
import type { Secret } from '@trunkline/contracts';
import { KeyOfCredential, type KeyMembers } from '../signing-key/key-of-credential.js';
import type { KeyOwner } from '../signing-key/signing-key.js';

export type AssertionMembers = KeyMembers & { readonly type: 'JWT_BEARER'; readonly props: Readonly<Record<string, Secret>> };
export type AssertionGrant = Extract<Grant, { grantType: 'assertion' }>;

/** Signs assertions with the key of a credential: a fresh one for each request. */
@Injectable()
export class AssertionGrants {
  readonly #keys: KeyOfCredential;

  constructor(@Inject(KeyOfCredential) keys: KeyOfCredential) {
    this.#keys = keys;
  }

  /** @throws AppError INVALID_APP_CONNECTION, PrivateKeyError or ProviderError if key, fields or inputs do not fit */
  async make(target: Target, owner: KeyOwner, members: AssertionMembers): Promise<AssertionGrant> {
    const { privateKey, algorithm } = await this.#keys.find(owner, members);
    const assertion = await signAssertion({ ...target, props: members.props, privateKey: readPrivateKey(privateKey), algorithm: algorithm ?? undefined });
    return { grantType: 'assertion', assertion, props: members.props };
  }
}
