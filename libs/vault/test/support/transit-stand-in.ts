import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { startStandIn, type Answer } from './http-stand-in.js';

export const transitToken = 'hvs.stand-in-token';

/** How it behaves instead of answering. */
export type TransitTrouble = 'sealed' | 'denied' | 'silent' | 'redirect' | 'limited';

/** HashiCorp Vault's transit engine as far as encrypt and decrypt of one aes256-gcm96 key go, with versions. */
export async function startTransit(mount = 'transit', name = 'trunkline') {
  const versions: Buffer[] = [randomBytes(32)];
  const state = { trouble: null as TransitTrouble | null, minDecryptionVersion: 1, paths: [] as string[] };

  const server = await startStandIn((request, body) => {
    state.paths.push(request.url ?? '');
    if (state.trouble === 'silent') return null;
    if (state.trouble === 'sealed') return errors(503, 'Vault is sealed');
    if (state.trouble === 'limited') return errors(429, 'request path "transit": rate limit quota exceeded');
    if (state.trouble === 'redirect') return { ...errors(307), headers: { location: 'http://127.0.0.1:1/' } };
    if (request.headers['x-vault-token'] !== transitToken || state.trouble === 'denied') return errors(403, 'permission denied');
    if (request.method !== 'POST' && request.method !== 'PUT') return errors(405, 'unsupported operation');
    const [verb, key] = request.url?.startsWith(`/v1/${mount}/`) ? request.url.slice(`/v1/${mount}/`.length).split('/') : [];
    if (verb === undefined) return errors(404, 'no handler for route "transit/encrypt/trunkline". route entry not found.');
    if (key !== name) return errors(400, 'encryption key not found');
    const asked = JSON.parse(body.toString('utf8')) as Record<string, string>;
    if (verb === 'encrypt') return encrypt(asked);
    return verb === 'decrypt' ? decrypt(asked) : errors(404);
  });

  function encrypt({ plaintext = '', associated_data = '' }: Record<string, string>): Answer {
    const version = versions.length;
    const nonce = randomBytes(12);
    const cipher = createCipheriv('aes-256-gcm', versions[version - 1]!, nonce);
    cipher.setAAD(Buffer.from(associated_data, 'base64'));
    const sealed = Buffer.concat([nonce, cipher.update(Buffer.from(plaintext, 'base64')), cipher.final(), cipher.getAuthTag()]);
    return { status: 200, body: { request_id: 'x', data: { ciphertext: `vault:v${version}:${sealed.toString('base64')}`, key_version: version } } };
  }

  function decrypt({ ciphertext = '', associated_data = '' }: Record<string, string>): Answer {
    const [, number, text] = /^vault:v(\d+):(.*)$/.exec(ciphertext) ?? [];
    if (number === undefined || text === undefined) return errors(400, 'invalid ciphertext: no prefix');
    if (Number(number) < state.minDecryptionVersion) return errors(400, 'ciphertext or signature version is disallowed by policy (too old)');
    const key = versions[Number(number) - 1];
    if (key === undefined) return errors(400, 'invalid ciphertext: version is too new');
    const sealed = Buffer.from(text, 'base64');
    if (sealed.length < 28) return errors(400, 'invalid ciphertext: invalid length');
    const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, 12));
    decipher.setAAD(Buffer.from(associated_data, 'base64'));
    decipher.setAuthTag(sealed.subarray(-16));
    try {
      const plain = Buffer.concat([decipher.update(sealed.subarray(12, -16)), decipher.final()]);
      return { status: 200, body: { request_id: 'x', data: { plaintext: plain.toString('base64') } } };
    } catch {
      return errors(400, 'cipher: message authentication failed');
    }
  }

  return {
    ...server,
    state,
    rotate: () => void versions.push(randomBytes(32)),
    trouble: (kind: TransitTrouble | null) => void (state.trouble = kind),
  };
}

const errors = (status: number, ...texts: string[]): Answer => ({ status, body: { errors: texts } });
