import { createPrivateKey, generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import type { KeyObject } from 'node:crypto';

/** A certificate authority for one test run, so that no key lies in the repository and nothing expires. X.509 v3, P-256. */
export interface Authority {
  readonly pem: string;
  issue(names: { dns?: string[]; ip?: string[] }): { key: string; cert: string };
}

export function createAuthority(): Authority {
  const ca = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const name = commonName('Egress test authority');
  const isCa = seq(oid('2.5.29.19'), tlv(0x01, Buffer.from([0xff])), octets(seq(tlv(0x01, Buffer.from([0xff])))));
  return {
    pem: certificate({ subject: name, issuer: name, publicKey: ca.publicKey, signer: ca.privateKey, extension: isCa }),
    issue({ dns = [], ip = [] }) {
      const leaf = generateKeyPairSync('ec', { namedCurve: 'P-256' });
      const names = [
        ...dns.map((host) => tlv(0x82, Buffer.from(host))),
        ...ip.map((address) => tlv(0x87, Buffer.from(address.split('.').map(Number)))),
      ];
      const san = seq(oid('2.5.29.17'), octets(seq(...names)));
      return {
        key: leaf.privateKey.export({ type: 'pkcs8', format: 'pem' }) as string,
        cert: certificate({ subject: commonName('Egress test server'), issuer: name, publicKey: leaf.publicKey, signer: ca.privateKey, extension: san }),
      };
    },
  };
}

interface Parts {
  subject: Buffer;
  issuer: Buffer;
  publicKey: KeyObject;
  signer: KeyObject;
  extension: Buffer;
}

function certificate({ subject, issuer, publicKey, signer, extension }: Parts): string {
  const ecdsaWithSha256 = seq(oid('1.2.840.10045.4.3.2'));
  const day = 86_400_000;
  const body = seq(
    tlv(0xa0, integer(Buffer.from([2]))),
    integer(Buffer.concat([Buffer.from([0x01]), randomBytes(15)])),
    ecdsaWithSha256,
    issuer,
    seq(utcTime(Date.now() - day), utcTime(Date.now() + day)),
    subject,
    publicKey.export({ type: 'spki', format: 'der' }),
    tlv(0xa3, seq(extension)),
  );
  const signature = sign('sha256', body, createPrivateKey(signer.export({ type: 'pkcs8', format: 'pem' })));
  const der = seq(body, ecdsaWithSha256, tlv(0x03, Buffer.concat([Buffer.from([0]), signature])));
  return `-----BEGIN CERTIFICATE-----\n${der.toString('base64').replace(/.{64}(?=.)/g, '$&\n')}\n-----END CERTIFICATE-----\n`;
}

const commonName = (text: string): Buffer => seq(tlv(0x31, seq(oid('2.5.4.3'), tlv(0x0c, Buffer.from(text)))));
const utcTime = (ms: number): Buffer => tlv(0x17, Buffer.from(`${new Date(ms).toISOString().replace(/[-:T]/g, '').slice(2, 14)}Z`));
const integer = (bytes: Buffer): Buffer => tlv(0x02, bytes);
const octets = (inner: Buffer): Buffer => tlv(0x04, inner);
const seq = (...parts: Buffer[]): Buffer => tlv(0x30, Buffer.concat(parts));

function tlv(tag: number, content: Buffer): Buffer {
  const { length } = content;
  if (length < 0x80) return Buffer.concat([Buffer.from([tag, length]), content]);
  const size = length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...size]), content]);
}

function oid(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number);
  const bytes = [first * 40 + second];
  for (const value of rest) {
    const groups = [value & 0x7f];
    for (let left = value >> 7; left > 0; left >>= 7) groups.unshift((left & 0x7f) | 0x80);
    bytes.push(...groups);
  }
  return tlv(0x06, Buffer.from(bytes));
}
