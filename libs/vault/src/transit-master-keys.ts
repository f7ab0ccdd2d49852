import { randomBytes } from 'node:crypto';
import { wrappedBy, type MasterKeys, type WrappedKey } from './master-keys.js';
import { otherWrapping } from './other-wrapping.js';
import { TransitHttp, type TransitAnswer } from './transit-http.js';
import { unavailable } from './unavailable.js';
import { VaultError } from './vault-error.js';

export interface TransitOptions {
  /** For example `https://vault.example.com:8200`. */
  readonly address: string;
  /** Where the transit engine is mounted. Default `transit`. */
  readonly mount?: string;
  /** Name of a key of the type aes256-gcm96 (or another one that takes associated data). */
  readonly key: string;
  readonly token: { reveal(): string };
  /** PEM of a certificate authority to trust instead of the system's. */
  readonly ca?: string;
  /** Longest wait for one answer. Default 4000. */
  readonly timeoutMs?: number;
}

/** The first byte says by what it was wrapped; Vault's text, `vault:v3:…`, follows. */
const header = Buffer.from([wrappedBy.transit]);

/**
 * Master keys in the transit engine of HashiCorp Vault (1.9 or newer, for associated data). Vault counts the versions of a key itself and
 * wraps with the newest; `vault write -f transit/keys/<key>/rotate` makes one.
 */
export class TransitMasterKeys implements MasterKeys {
  readonly #http: TransitHttp;
  readonly #mount: string;
  readonly #key: string;

  constructor({ address, mount = 'transit', key, token, ca, timeoutMs = 4_000 }: TransitOptions) {
    this.#http = new TransitHttp(address, token, timeoutMs, ca);
    this.#mount = mount.split('/').filter((part) => part !== '').map(encodeURIComponent).join('/');
    this.#key = encodeURIComponent(key);
  }

  /** Asked by wrapping something: a token that may only encrypt and decrypt is enough. */
  async primaryVersion(): Promise<number> {
    return (await this.wrap(randomBytes(32), 'which version is primary')).version;
  }

  async wrap(dataKey: Uint8Array, context: string): Promise<WrappedKey> {
    const text = await this.#ask('encrypt', { plaintext: base64(dataKey), associated_data: base64(context) }, 'ciphertext');
    return { version: versionOf(text), wrapped: Buffer.concat([header, Buffer.from(text)]) };
  }

  async unwrap({ version, wrapped }: WrappedKey, context: string): Promise<Uint8Array> {
    if (wrapped[0] !== wrappedBy.transit) throw otherWrapping(wrapped);
    const ciphertext = Buffer.from(wrapped.subarray(header.length)).toString('utf8');
    if (versionOf(ciphertext) !== version) throw corrupt();
    const plaintext = await this.#ask('decrypt', { ciphertext, associated_data: base64(context) }, 'plaintext');
    return Buffer.from(plaintext, 'base64');
  }

  async #ask(verb: 'encrypt' | 'decrypt', body: Readonly<Record<string, string>>, member: string): Promise<string> {
    const answer = await this.#http.post(`${this.#mount}/${verb}/${this.#key}`, body);
    if (answer.status !== 200) throw refusal(verb, answer);
    const value = answer.body.data?.[member];
    if (typeof value !== 'string') throw unavailable(`Vault answered without a ${member}`);
    return value;
  }
}

/** Vault tells most failures by 400 and a sentence. Its sentences are not passed on: none of them is ours to vouch for. */
function refusal(verb: 'encrypt' | 'decrypt', { status, body }: TransitAnswer): VaultError {
  const said = (body.errors ?? []).join(' ');
  if (status === 404 || (status === 400 && /key not found/i.test(said))) {
    return new VaultError('VAULT_KEY_UNKNOWN', 'Vault has no such key or mount');
  }
  if (status === 400 && /disallowed by policy|too old|too new/i.test(said)) {
    return new VaultError('VAULT_KEY_UNKNOWN', 'Vault has closed this version of the key (min_decryption_version)');
  }
  if (status === 400 && verb === 'decrypt') return corrupt();
  if (status === 503) return unavailable('Vault is sealed or standing by');
  if (status === 403) return unavailable('Vault refused the token (403); its policy must allow encrypt and decrypt with the key');
  if (status >= 300 && status < 400) return unavailable(`Vault answered with a redirect (${status}), which is not followed; name the active node`);
  return unavailable(`Vault answered ${status}`);
}

function versionOf(ciphertext: string): number {
  const version = /^vault:v([1-9]\d{0,8}):/.exec(ciphertext)?.[1];
  if (version === undefined) throw corrupt();
  return Number(version);
}

const base64 = (bytes: Uint8Array | string): string => Buffer.from(bytes as string).toString('base64');
const corrupt = (): VaultError => new VaultError('VAULT_SEALED_CORRUPT', 'a data key does not open with its Vault key: it was changed or moved, or that key is another one');
