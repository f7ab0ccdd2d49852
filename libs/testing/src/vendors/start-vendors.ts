import { createPublicKey, randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:https';
import type { IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TLSSocket } from 'node:tls';
import { issueTestCertificates } from '../test-certificates.js';
import { answerRequest } from './answer-request.js';
import type { FrontDesk } from './answer-request.js';
import type { VendorApp } from './answer-token-request.js';
import { Ledger } from './ledger.js';
import { vendors } from './table/index.js';
import type { Asked, Reply } from './vendor.js';
import { visit } from './visit.js';

export type { Reply as VendorReply } from './vendor.js';

export interface VendorsOptions {
  /** The OAuth app all vendors know. */
  readonly app?: VendorApp;
  /** PEM of the public key that verifies signed assertions; without it all are refused. See {@link Vendors.trust}. */
  readonly assertionKey?: string;
  /** What is there to read with a good credential, beyond the calls that the vendors answer of themselves; null for what there is not. */
  readonly data?: (asked: Asked) => Reply | null;
}

/** What a vendor was asked. */
export interface VendorRequest extends Asked {
  /** The server name the client put into its TLS handshake. */
  readonly servername: string;
  readonly status: number;
}

export interface Vendors {
  /** Where all of them listen; their names lead here by {@link connectTo} only. */
  readonly url: string;
  readonly caPem: string;
  /** `host:443=127.0.0.1:port` for every host. */
  readonly connectTo: readonly string[];
  /** The same as settings of our services. */
  readonly environment: { readonly TRUNKLINE_EGRESS_CONNECT_TO: string; readonly TRUNKLINE_EGRESS_CA_FILE: string };
  readonly app: VendorApp;
  /** The key (or password, of agent@example.com) a connector's vendor accepts. */
  keyFor(connector: string): string;
  /** From now on it accepts another, which is given, and the one before no more. */
  changeKey(connector: string): string;
  /** From now on assertions are verified by this public key (PEM). */
  trust(assertionKey: string): void;
  /** From now on the vendor gives this answer to everything; null: its own again. */
  misbehave(connector: string, reply: Reply | null): void;
  /** Says yes on the consent page an authorization URL leads to, and gives the callback's URL. */
  visit(authorizationUrl: string): string;
  /** All access tokens of a connector's vendor die; refresh tokens live on. */
  expireTokens(connector: string): void;
  requests(): readonly VendorRequest[];
  close(): Promise<void>;
}

const hosts = vendors.flatMap((vendor) => vendor.hosts);

function vendorOf(connector: string): string {
  const vendor = vendors.find(({ connectors }) => connectors.includes(connector));
  if (vendor === undefined) throw new Error(`no vendor stands in for the connector "${connector}"`);
  return vendor.name;
}

/** The vendors of the catalog's connectors, on one HTTPS server of this machine, with an authority of their own. */
export async function startVendors({ app = { clientId: 'vendors-client', clientSecret: 'vendors-secret' }, assertionKey, data = () => null }: VendorsOptions = {}): Promise<Vendors> {
  const { caPem, certPem, keyPem } = await issueTestCertificates(hosts);
  const ledger = new Ledger();
  const keys = new Map(vendors.map(({ name }) => [name, `good-key-of-${name}`]));
  const moods = new Map<string, Reply>();
  let trusted = assertionKey === undefined ? null : createPublicKey(assertionKey);
  const desk: FrontDesk = {
    app,
    ledger,
    vendors,
    keyOf: (vendor) => keys.get(vendor)!,
    moodOf: (vendor) => moods.get(vendor),
    data,
    get assertionKey() {
      return trusted;
    },
  };
  const requests: VendorRequest[] = [];
  const server = createServer({ cert: certPem, key: keyPem }, (request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const asked = askedOf(request, Buffer.concat(chunks).toString('utf8'));
      const servername = String((request.socket as TLSSocket & { servername?: string | false }).servername);
      // RFC 9110 §15.5.20: whoever says one name in the handshake and another in the request is not led here by connect-to.
      const reply = servername === asked.host ? answerRequest(asked, desk) : { status: 421, body: 'Misdirected Request' };
      requests.push({ ...asked, servername, status: reply.status });
      const { headers, text } = written(reply);
      response.writeHead(reply.status, headers).end(text);
    });
  });
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, '127.0.0.1', resolve));
  const authority = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const connectTo = hosts.map((host) => `${host}:443=${authority}`);
  const folder = await mkdtemp(join(tmpdir(), 'trunkline-vendors-'));
  const caFile = join(folder, 'ca.pem');
  await writeFile(caFile, caPem);
  return {
    url: `https://${authority}`,
    caPem,
    connectTo,
    environment: { TRUNKLINE_EGRESS_CONNECT_TO: connectTo.join(','), TRUNKLINE_EGRESS_CA_FILE: caFile },
    app,
    keyFor: (connector) => keys.get(vendorOf(connector))!,
    changeKey: (connector) => {
      const key = `good-key-${randomBytes(8).toString('hex')}`;
      keys.set(vendorOf(connector), key);
      return key;
    },
    trust: (key) => void (trusted = createPublicKey(key)),
    misbehave: (connector, reply) => void (reply === null ? moods.delete(vendorOf(connector)) : moods.set(vendorOf(connector), reply)),
    visit: (authorizationUrl) => visit(authorizationUrl, vendors, app, ledger),
    expireTokens: (connector) => ledger.expire(vendorOf(connector)),
    requests: () => requests,
    close: async () => {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function askedOf(request: IncomingMessage, body: string): Asked {
  const url = new URL(request.url ?? '/', 'https://vendor');
  const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : (value ?? '')]));
  return { host: headers['host'] ?? '', method: request.method ?? '', path: url.pathname, query: url.searchParams, headers, body };
}

function written({ body, headers = {} }: Reply): { headers: Record<string, string>; text: string } {
  if (body === undefined) return { headers: { ...headers }, text: '' };
  if (typeof body === 'string') return { headers: { 'content-type': 'text/plain; charset=utf-8', ...headers }, text: body };
  return { headers: { 'content-type': 'application/json; charset=utf-8', ...headers }, text: JSON.stringify(body) };
}
