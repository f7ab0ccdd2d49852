import 'reflect-metadata';
import { webcrypto, type KeyObject } from 'node:crypto';
import { X509CertificateGenerator } from '@peculiar/x509';
import { publicKeyOf } from '@trunkline/connector-kit';
import type { SigningKeyAlgorithm } from '@trunkline/contracts';

const day = 86_400_000;
/** NetSuite takes no certificate that is valid for more than two years. A provider that looks at the end wants a new key by then. */
const validDays = 729;

/** PS256 keys too are certified with PKCS #1 v1.5: what the key signs later is not the certificate's business, and every reader knows it. */
function webAlgorithm(algorithm: SigningKeyAlgorithm) {
  switch (algorithm) {
    case 'ES256':
      return { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
    case 'EdDSA':
      return { name: 'Ed25519' };
    default:
      return { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' };
  }
}

/** For providers that register a certificate in place of a key. It vouches for nothing: it is the key, in another form. */
export async function selfSignedCertificate(id: string, algorithm: SigningKeyAlgorithm, privateKey: KeyObject, now: number = Date.now()): Promise<string> {
  const signingAlgorithm = webAlgorithm(algorithm);
  const { subtle } = webcrypto;
  const keys = {
    privateKey: await subtle.importKey('pkcs8', privateKey.export({ type: 'pkcs8', format: 'der' }), signingAlgorithm, false, ['sign']),
    publicKey: await subtle.importKey('spki', publicKeyOf(privateKey).export({ type: 'spki', format: 'der' }), signingAlgorithm, true, ['verify']),
  };
  const certificate = await X509CertificateGenerator.createSelfSigned(
    {
      name: [{ CN: [id] }, { O: ['Trunkline'] }],
      // An hour back, for clocks that differ.
      notBefore: new Date(now - day / 24),
      notAfter: new Date(now + validDays * day),
      signingAlgorithm,
      keys,
    },
    webcrypto as never,
  );
  return `${certificate.toString('pem')}\n`;
}
