import { Secret } from '@trunkline/contracts';
import type { Connector } from '@trunkline/catalog';
import type { SFTPWrapper } from 'ssh2';
import type { Credential } from '../credential.js';
import { ProviderError } from '../provider-error.js';
import { bindConnector } from '../render/bind-connector.js';
import type { BoundConnector, Target } from '../render/bind-connector.js';
import { originOf } from '../render/origin-of.js';
import { renderText } from '../render/render-template.js';
import { sshPrivateKey } from './openssh-key.js';
import { openPrivateKey, PrivateKeyError, publicKeyOf } from './private-key.js';
import { SshFailure, withSftp } from './ssh-session.js';
import type { Dialer, SshSignIn } from './ssh-session.js';
import type { VerifyOutcome } from './verify-credential.js';

type SftpVerification = Extract<Connector['verification'], { protocol: 'sftp' }>;

/** draft-ietf-secsh-filexfer-02 §7. */
const status = { endOfFile: 1, noSuchFile: 2, permissionDenied: 3, failure: 4 };

const rejected = (message: string): ProviderError => new ProviderError('rejected', message);

/** The SFTP server of a connector. @throws ProviderError `rejected` if the credential is not bound to it */
export function sftpServerOf({ connector, values, allowedOrigins }: BoundConnector, verification: SftpVerification) {
  const text = (name: 'host' | 'port') => {
    const value = renderText(verification[name], values);
    if (value === undefined) throw rejected(`${connector.name}: the ${name} has no value`);
    return value;
  };
  const [host, port] = [text('host').toLowerCase(), text('port')];
  const origin = originOf(`sftp://${host}:${port}`);
  if (!allowedOrigins.includes(origin)) throw rejected(`${connector.name}: the credential must not go to ${host}:${port}; it is bound to ${allowedOrigins.join(', ')}`);
  return { host, port: Number(port) };
}

/** What the user proves themselves with, and the host key that was seen when the credential was given. */
export async function proofOf(connector: Connector, credential: Credential, values: BoundConnector['values']): Promise<Pick<SshSignIn, 'username' | 'by'> & { pinned: string | null }> {
  if (credential.type === 'KEY_PAIR') {
    const key = await openPrivateKey(credential.privateKey, credential.passphrase);
    return { username: credential.username, by: { privateKey: sshPrivateKey(key, publicKeyOf(key)) }, pinned: credential.hostKey };
  }
  if (credential.type !== 'BASIC_AUTH' || connector.auth.BASIC_AUTH === undefined) {
    throw rejected(`the credential for ${connector.name} is of the kind ${credential.type}, which it does not take`);
  }
  const texts = { ...values, credential: { username: credential.username, password: credential.password.reveal() } };
  const { username, password } = connector.auth.BASIC_AUTH;
  return { username: renderText(username, texts) ?? '', by: { password: new Secret(renderText(password, texts) ?? '') }, pinned: credential.hostKey ?? null };
}

const call = <Result>(start: (done: (error: Error | undefined | null, result: Result) => void) => void): Promise<Result> =>
  new Promise((resolve, reject) => start((error, result) => (error ? reject(error) : resolve(result))));

/** One page of the directory: that it can be read is what counts, not what is in it. */
async function readDirectory(sftp: SFTPWrapper, directory: string): Promise<void> {
  try {
    const handle = await call<Buffer>((done) => sftp.opendir(directory, done));
    await call<unknown>((done) => sftp.readdir(handle, done)).catch((error: unknown) => {
      if ((error as { code?: unknown }).code !== status.endOfFile) throw error;
    });
  } catch (error) {
    const { code } = error as { code?: unknown };
    if (code === status.noSuchFile || code === status.failure) throw new SshFailure('rejected', 'the directory does not exist there');
    if (code === status.permissionDenied) throw new SshFailure('rejected', 'the user may not read the directory');
    throw new SshFailure('unavailable', 'the directory could not be read just now');
  }
}

/**
 * Signs in at the connector's SFTP server and reads a directory. What the server shows as its host key is part of the outcome: kept with
 * the credential, it is the only one accepted later.
 */
export async function verifySftp(dialer: Dialer, target: Target, credential: Credential, timeoutMs: number): Promise<VerifyOutcome> {
  const { connector } = target;
  const verification = connector.verification as SftpVerification;
  try {
    const bound = bindConnector(target);
    const server = sftpServerOf(bound, verification);
    const { pinned, ...proof } = await proofOf(connector, credential, bound.values);
    const given = verification.hostKeyFingerprint && renderText(verification.hostKeyFingerprint, bound.values);
    const directory = (verification.directory && renderText(verification.directory, bound.values)) ?? '.';
    const { hostKey } = await withSftp(dialer, { ...server, ...proof, hostKey: given ?? pinned }, timeoutMs, (sftp) => readDirectory(sftp, directory));
    return { kind: 'verified', account: { id: `${server.host}:${server.port}/${proof.username}`, name: `${proof.username}@${server.host}` }, hostKey };
  } catch (error) {
    if (error instanceof ProviderError || error instanceof PrivateKeyError) return { kind: 'rejected', status: null, message: error.message };
    if (!(error instanceof SshFailure)) throw error;
    const message = `${connector.name}: ${error.message}`;
    return error.kind === 'rejected' ? { kind: 'rejected', status: null, message } : { kind: 'unavailable', retryAfterMs: null, message };
  }
}
