import type { KMSClient } from '@aws-sdk/client-kms';
import { wrappedBy, type MasterKeys, type WrappedKey } from './master-keys.js';
import { otherWrapping } from './other-wrapping.js';
import { unavailable } from './unavailable.js';
import { VaultError } from './vault-error.js';
import { primaryOf, versioned } from './versioned.js';

export interface AwsKmsOptions {
  /** Key ids, ARNs or aliases by our version, see {@link parseKmsKeys}. */
  readonly keys: ReadonlyMap<number, string>;
  /** The version to wrap with; the highest unless it is named. */
  readonly primary?: number;
  readonly region: string;
  /** Instead of AWS's own, for a VPC endpoint. */
  readonly endpoint?: string;
  /** Longest wait for one answer, retries included. Default 4000. */
  readonly timeoutMs?: number;
}

/** The first byte says by what it was wrapped; KMS's own ciphertext follows. */
const header = Buffer.from([wrappedBy.aws]);
/** Under this name the context stands in the encryption context, and so in CloudTrail. */
const contextName = 'trunkline';
/** What KMS answers when the bytes or their context are others. */
const corruptNames = new Set(['InvalidCiphertextException', 'IncorrectKeyException']);

/**
 * Master keys in AWS KMS: a data key travels there to be wrapped and back to be unwrapped, the master key never leaves it. Credentials come
 * by the SDK's usual chain (environment, profile, container or instance role). The SDK is loaded when it is first needed.
 */
export class AwsMasterKeys implements MasterKeys {
  readonly #options: AwsKmsOptions;
  readonly #primary: number;
  readonly #timeoutMs: number;
  #loading: Promise<{ kms: typeof import('@aws-sdk/client-kms'); client: KMSClient }> | undefined;

  constructor(options: AwsKmsOptions) {
    this.#options = options;
    this.#primary = primaryOf(options.keys, options.primary);
    this.#timeoutMs = options.timeoutMs ?? 4_000;
  }

  async primaryVersion(): Promise<number> {
    return this.#primary;
  }

  async wrap(dataKey: Uint8Array, context: string): Promise<WrappedKey> {
    const version = this.#primary;
    const { kms, client } = await this.#load();
    const command = new kms.EncryptCommand({ KeyId: this.#keyId(version), Plaintext: dataKey, EncryptionContext: { [contextName]: context } });
    const { CiphertextBlob } = await this.#answer(version, client.send(command, { abortSignal: AbortSignal.timeout(this.#timeoutMs) }));
    if (CiphertextBlob === undefined) throw unavailable('AWS KMS answered without a ciphertext');
    return { version, wrapped: Buffer.concat([header, CiphertextBlob]) };
  }

  async unwrap({ version, wrapped }: WrappedKey, context: string): Promise<Uint8Array> {
    const keyId = this.#keyId(version);
    if (wrapped[0] !== wrappedBy.aws) throw otherWrapping(wrapped);
    const { kms, client } = await this.#load();
    // The key is named, so that a ciphertext of somebody else's key is not opened because we happen to be allowed to.
    const command = new kms.DecryptCommand({ KeyId: keyId, CiphertextBlob: wrapped.subarray(header.length), EncryptionContext: { [contextName]: context } });
    const { Plaintext } = await this.#answer(version, client.send(command, { abortSignal: AbortSignal.timeout(this.#timeoutMs) }));
    if (Plaintext === undefined) throw unavailable('AWS KMS answered without a plaintext');
    return Plaintext;
  }

  #keyId(version: number): string {
    const keyId = this.#options.keys.get(version);
    if (keyId !== undefined) return keyId;
    const there = [...this.#options.keys.keys()].sort((a, b) => a - b).join(', ');
    throw new VaultError('VAULT_KEY_UNKNOWN', `KMS key version ${version} is not configured (there are: ${there})`);
  }

  async #answer<Answer>(version: number, answer: Promise<Answer>): Promise<Answer> {
    try {
      return await answer;
    } catch (error) {
      const name = error instanceof Error ? error.name : 'unknown error';
      if (corruptNames.has(name)) throw new VaultError('VAULT_SEALED_CORRUPT', `a data key does not open with KMS key version ${version}: it was changed or moved, or that key is another one`);
      if (name === 'NotFoundException') throw new VaultError('VAULT_KEY_UNKNOWN', `AWS KMS has no key for version ${version}`);
      // Refused, throttled, disabled, not reached: all of it an operator can mend, and the value is none the worse for it.
      throw unavailable(`AWS KMS could not be used (${name})`, error);
    }
  }

  /** A load that failed is tried again. */
  #load() {
    this.#loading ??= this.#start().catch((error: unknown) => {
      this.#loading = undefined;
      throw error;
    });
    return this.#loading;
  }

  async #start() {
    const kms = await import('@aws-sdk/client-kms');
    const { region, endpoint } = this.#options;
    const requestHandler = { connectionTimeout: this.#timeoutMs / 2, requestTimeout: this.#timeoutMs };
    const client = new kms.KMSClient({ region, ...(endpoint === undefined ? {} : { endpoint }), maxAttempts: 3, requestHandler });
    return { kms, client };
  }
}

/**
 * Read key ids from configuration text: one key id, ARN or alias, which is version 1, or entries `version:keyId`. Pure.
 *
 * @throws VaultError `VAULT_KEY_MISSING`
 */
export const parseKmsKeys = (text: string): ReadonlyMap<number, string> =>
  new Map(versioned(text, 'KMS key', 'give a key id, an ARN or an alias', (entry) => entry.startsWith('arn:')).map(({ version, value }) => [version, value]));
