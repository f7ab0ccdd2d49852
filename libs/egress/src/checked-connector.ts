import { isIP } from 'node:net';
import { X509Certificate } from 'node:crypto';
import * as tls from 'node:tls';
import { buildConnector } from 'undici';
import { checkAnswers, checkPresent } from './check-answers.js';
import type { ConnectTo } from './connect-to.js';
import { EgressError } from './egress-error.js';
import { nameOf } from './host-port.js';
import type { Lookup } from './lookup.js';
import type { UrlRules } from './parse-url.js';
import { pinnedLookup } from './pinned-lookup.js';

export interface ConnectorOptions {
  readonly rules: UrlRules;
  readonly connectTo: ConnectTo;
  readonly lookup: Lookup;
  readonly connectTimeoutMs: number;
  readonly ca: string | undefined;
}

/**
 * Opens connections for undici. The checks that need an address run here, once per connection, not per request:
 *
 * 1. an address in the URL is classified again (the URL rule did it first; this is the door itself);
 * 2. a name is resolved by the very call that Node connects by: what was checked is what is connected to, so a second answer (DNS rebinding)
 *    is never asked for. Node then tries the checked addresses in turn (RFC 8305);
 * 3. the socket's remote address is classified before undici may write a byte.
 *
 * The operator's exceptions go through a connector of their own that skips 1 and 3 and the class part of 2. So do the connections the operator
 * leads elsewhere, each through its own: the certificate is checked for the name that was asked for, and no TLS session is shared with others.
 */
export function createCheckedConnector({ rules, connectTo, lookup, connectTimeoutMs, ca }: ConnectorOptions): buildConnector.connector {
  // Made once: building a context from root certificates costs milliseconds. It also keeps the connectors on the same trust.
  const secureContext = tls.createSecureContext({ minVersion: 'TLSv1.2', ...(ca === undefined ? {} : { ca: trustedCertificates(ca) }) });
  const common = { secureContext, timeout: connectTimeoutMs, autoSelectFamily: true, rejectUnauthorized: true };
  const publicOnly = buildConnector({ ...common, lookup: pinnedLookup(lookup, (authority, answers) => checkAnswers(authority, answers, rules.classify)) });
  const anyAddress = { ...common, lookup: pinnedLookup(lookup, checkPresent) };
  const excepted = buildConnector(anyAddress);
  const detours = new Map(connectTo.detours.map(({ from, to }) => {
    const checkServerIdentity = (_host: string, certificate: tls.PeerCertificate) => tls.checkServerIdentity(from.host, certificate);
    const connect = buildConnector({ ...anyAddress, checkServerIdentity });
    // The server name is not said again: undici takes it from the request's own host, which has not changed.
    const elsewhere: buildConnector.connector = (options, callback) =>
      connect({ ...options, hostname: to.host, port: String(to.port) }, callback);
    return [nameOf(from), elsewhere] as const;
  }));

  return (options, callback) => {
    const port = options.port === '' ? (options.protocol === 'https:' ? 443 : 80) : Number(options.port);
    const authority = `${options.host?.replace(/:\d+$/, '') ?? options.hostname}:${port}`;
    const detour = detours.get(nameOf({ host: options.hostname, port }));
    const isExcepted = rules.allow.has(options.hostname, port);
    const refuse = (name: string): void => callback(notPublic(authority, name), null);
    if (!isExcepted && options.protocol !== 'https:') return refuse('only https is allowed');
    if (detour) return detour(options, callback);
    if (isExcepted) return excepted(options, callback);
    if (isIP(options.hostname) !== 0) {
      const { global, name } = rules.classify(options.hostname);
      if (!global) return refuse(name);
    }
    return publicOnly(options, (error, socket) => {
      if (error) return callback(error, null);
      const { global, name } = rules.classify(socket.remoteAddress ?? '');
      if (global) return callback(null, socket);
      socket.destroy();
      return refuse(`connected to ${name}`);
    });
  };
}

export const notPublic = (authority: string, name: string): EgressError =>
  new EgressError('EGRESS_BLOCKED', `${authority} is refused: the address is not public (${name})`);

/** Node's own roots and the extra ones. OpenSSL skips what it cannot read without a word, so each certificate is parsed here first. */
function trustedCertificates(extra: string): string[] {
  const blocks = extra.match(/-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g) ?? [];
  if (blocks.length === 0) throw new Error('the extra CA holds no PEM certificate (-----BEGIN CERTIFICATE-----)');
  blocks.forEach((block, index) => {
    try {
      new X509Certificate(block);
    } catch {
      throw new Error(`certificate ${index + 1} of the extra CA cannot be parsed`);
    }
  });
  // From Node 22.15 on this includes NODE_EXTRA_CA_CERTS and, where configured, the system's store.
  const defaults = (tls as { getCACertificates?: (type: 'default') => string[] }).getCACertificates?.('default') ?? [...tls.rootCertificates];
  return [...defaults, ...blocks];
}
