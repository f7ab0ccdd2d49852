import { isIP } from 'node:net';
import type { LookupFunction } from 'node:net';
import { X509Certificate } from 'node:crypto';
import * as tls from 'node:tls';
import { buildConnector } from 'undici';
import { checkAnswers, checkPresent } from './check-answers.js';
import { EgressError } from './egress-error.js';
import type { Lookup, LookupAnswer } from './lookup.js';
import type { UrlRules } from './parse-url.js';

export interface ConnectorOptions {
  readonly rules: UrlRules;
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
 * The operator's exceptions go through a connector of their own that skips 1 and 3 and the class part of 2.
 */
export function createCheckedConnector({ rules, lookup, connectTimeoutMs, ca }: ConnectorOptions): buildConnector.connector {
  // Made once: building a context from root certificates costs milliseconds. It also keeps the two connectors on the same trust.
  const secureContext = tls.createSecureContext({ minVersion: 'TLSv1.2', ...(ca === undefined ? {} : { ca: trustedCertificates(ca) }) });
  const common = { secureContext, timeout: connectTimeoutMs, autoSelectFamily: true, rejectUnauthorized: true };
  const publicOnly = buildConnector({ ...common, lookup: nodeLookup(lookup, (authority, answers) => checkAnswers(authority, answers, rules.classify)) });
  const excepted = buildConnector({ ...common, lookup: nodeLookup(lookup, checkPresent) });

  return (options, callback) => {
    const port = options.port === '' ? (options.protocol === 'https:' ? 443 : 80) : Number(options.port);
    const authority = `${options.host?.replace(/:\d+$/, '') ?? options.hostname}:${port}`;
    if (rules.allow.has(options.hostname, port)) return excepted(options, callback);
    const refuse = (name: string): void => callback(notPublic(authority, name), null);
    if (options.protocol !== 'https:') return refuse('only https is allowed');
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

const notPublic = (authority: string, name: string): EgressError =>
  new EgressError('EGRESS_BLOCKED', `${authority} is refused: the address is not public (${name})`);

function nodeLookup(lookup: Lookup, check: (authority: string, answers: readonly LookupAnswer[]) => void): LookupFunction {
  return (hostname, options, callback) => {
    lookup(hostname)
      .catch((error: unknown) => {
        throw new EgressError('EGRESS_DNS', `the name ${hostname} could not be resolved`, { reason: systemCode(error) });
      })
      .then((found) => {
        // Copied before the check, so that what is checked cannot change afterwards.
        const answers = found.map(({ address }): LookupAnswer => ({ address, family: isIP(address) === 6 ? 6 : 4 }));
        check(hostname, answers);
        return answers;
      })
      .then(
        (answers) => {
          const first = answers[0];
          if (options.all) callback(null, [...answers]);
          else callback(null, first?.address ?? '', first?.family);
        },
        (error: NodeJS.ErrnoException) => callback(error, options.all ? [] : '', 4),
      );
  };
}

const systemCode = (error: unknown): string | undefined => {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' ? code : undefined;
};

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
