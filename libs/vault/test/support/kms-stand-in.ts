import { createCipheriv, createDecipheriv, createHash, createHmac, randomBytes, randomUUID, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { startStandIn, type Answer } from './http-stand-in.js';

export const kmsAccess = { accessKeyId: 'AKIDSTANDIN', secretAccessKey: 'stand-in-secret' };
export const kmsRegion = 'eu-central-1';

/** How it behaves instead of answering. */
export type KmsTrouble = 'throttled' | 'denied' | 'silent' | 'down';

interface Command {
  KeyId?: string;
  Plaintext?: string;
  CiphertextBlob?: string;
  EncryptionContext?: Record<string, string>;
}

/**
 * AWS KMS as far as Encrypt and Decrypt go: AWS JSON 1.1, Signature Version 4 checked by computing it anew, symmetric keys with AES-256-GCM,
 * the encryption context authenticated.
 */
export async function startKms() {
  const keys = new Map<string, Buffer>();
  const state = { trouble: null as KmsTrouble | null, troubleTimes: Number.POSITIVE_INFINITY, targets: [] as string[], contexts: [] as Record<string, string>[], accessKeys: new Set<string>() };

  const server = await startStandIn((request, body) => {
    const target = String(request.headers['x-amz-target']);
    state.targets.push(target);
    if (!isSigned(request, body)) return failure(400, 'InvalidSignatureException');
    state.accessKeys.add(kmsAccess.accessKeyId);
    if (state.trouble !== null && state.troubleTimes > 0) {
      state.troubleTimes -= 1;
      if (state.trouble === 'silent') return null;
      if (state.trouble === 'throttled') return failure(400, 'ThrottlingException');
      return state.trouble === 'denied' ? failure(400, 'AccessDeniedException') : failure(500, 'KMSInternalException');
    }
    if (request.headers['content-type'] !== 'application/x-amz-json-1.1') return failure(400, 'SerializationException');
    const command = JSON.parse(body.toString('utf8')) as Command;
    state.contexts.push(command.EncryptionContext ?? {});
    if (target === 'TrentService.Encrypt') return encrypt(command);
    if (target === 'TrentService.Decrypt') return decrypt(command);
    return failure(400, 'UnknownOperationException');
  });

  function encrypt({ KeyId = '', Plaintext = '', EncryptionContext = {} }: Command): Answer {
    const key = keys.get(KeyId);
    if (key === undefined) return failure(400, 'NotFoundException');
    const nonce = randomBytes(12);
    const cipher = createCipheriv('aes-256-gcm', key, nonce);
    cipher.setAAD(Buffer.from(canonical(EncryptionContext)));
    const id = Buffer.from(KeyId);
    const sealed = Buffer.concat([cipher.update(Buffer.from(Plaintext, 'base64')), cipher.final()]);
    const blob = Buffer.concat([Buffer.from([id.length]), id, nonce, sealed, cipher.getAuthTag()]);
    return { status: 200, body: { CiphertextBlob: blob.toString('base64'), KeyId, EncryptionAlgorithm: 'SYMMETRIC_DEFAULT' } };
  }

  function decrypt({ KeyId, CiphertextBlob = '', EncryptionContext = {} }: Command): Answer {
    const blob = Buffer.from(CiphertextBlob, 'base64');
    const at = 1 + (blob[0] ?? 0);
    const id = blob.subarray(1, at).toString();
    if (KeyId !== undefined && !keys.has(KeyId)) return failure(400, 'NotFoundException');
    const key = keys.get(id);
    if (key === undefined || blob.length < at + 28) return failure(400, 'InvalidCiphertextException');
    if (KeyId !== undefined && KeyId !== id) return failure(400, 'IncorrectKeyException');
    const decipher = createDecipheriv('aes-256-gcm', key, blob.subarray(at, at + 12));
    decipher.setAAD(Buffer.from(canonical(EncryptionContext)));
    decipher.setAuthTag(blob.subarray(-16));
    try {
      const plain = Buffer.concat([decipher.update(blob.subarray(at + 12, -16)), decipher.final()]);
      return { status: 200, body: { Plaintext: plain.toString('base64'), KeyId: id, EncryptionAlgorithm: 'SYMMETRIC_DEFAULT' } };
    } catch {
      return failure(400, 'InvalidCiphertextException');
    }
  }

  return {
    ...server,
    state,
    addKey(): string {
      const id = randomUUID();
      keys.set(id, randomBytes(32));
      return id;
    },
    trouble(kind: KmsTrouble | null, times = Number.POSITIVE_INFINITY): void {
      state.trouble = kind;
      state.troubleTimes = times;
    },
  };
}

const failure = (status: number, type: string): Answer => ({ status, body: { __type: type, message: `${type} of the stand-in` }, headers: { 'x-amzn-requestid': randomUUID() } });
const canonical = (context: Record<string, string>): string => JSON.stringify(Object.entries(context).sort(([a], [b]) => (a < b ? -1 : 1)));
const sha256 = (data: string | Buffer): string => createHash('sha256').update(data).digest('hex');
const hmac = (key: string | Buffer, data: string): Buffer => createHmac('sha256', key).update(data).digest();

/** Signature Version 4 of AWS: the same request, canonical, signed with the same secret, must give the same signature. */
function isSigned(request: IncomingMessage, body: Buffer): boolean {
  const header = /^AWS4-HMAC-SHA256 Credential=([^,]+), SignedHeaders=([^,]+), Signature=([0-9a-f]{64})$/.exec(request.headers.authorization ?? '');
  if (header === null) return false;
  const [, credential = '', signedHeaders = '', signature = ''] = header;
  const [accessKeyId, date = '', region = '', service = '', end] = credential.split('/');
  if (accessKeyId !== kmsAccess.accessKeyId || region !== kmsRegion || service !== 'kms' || end !== 'aws4_request') return false;
  const names = signedHeaders.split(';');
  if (!['host', 'x-amz-date', 'x-amz-target'].every((name) => names.includes(name))) return false;
  const headers = names.map((name) => `${name}:${String(request.headers[name] ?? '').trim().replace(/ +/g, ' ')}\n`).join('');
  const url = new URL(request.url ?? '/', 'http://stand-in');
  const canonicalRequest = [request.method, url.pathname, url.search.slice(1), headers, signedHeaders, sha256(body)].join('\n');
  const toSign = ['AWS4-HMAC-SHA256', request.headers['x-amz-date'], `${date}/${region}/${service}/aws4_request`, sha256(canonicalRequest)].join('\n');
  const key = hmac(hmac(hmac(hmac(`AWS4${kmsAccess.secretAccessKey}`, date), region), service), 'aws4_request');
  return timingSafeEqual(hmac(key, toSign), Buffer.from(signature, 'hex'));
}
