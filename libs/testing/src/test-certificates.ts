import type { Certificates } from './vendors/certificates.js';

export type { Certificates } from './vendors/certificates.js';

/** An authority made for this run, and one certificate of it for all these hosts. */
export async function issueTestCertificates(hosts: readonly string[]): Promise<Certificates> {
  // Loaded when it is needed: every test that uses anything of this library would otherwise load an X.509 library.
  const { issueCertificates } = await import('./vendors/certificates.js');
  return issueCertificates(hosts);
}
