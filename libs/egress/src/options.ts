import type { Socket } from 'node:net';
import type { Lookup } from './lookup.js';

export interface EgressOptions {
  /**
   * The operator's exceptions, each an exact `host:port` as it appears in URLs (`sandbox.example.org:8080`, `127.0.0.1:4010`, `[::1]:4010`).
   * Only for these are http, any port, special names and private addresses allowed.
   */
  readonly allow: readonly string[];
  /**
   * Connections led elsewhere, each `host:port=host:port` like curl's `--connect-to`: URL, Host header, TLS server name and certificate check stay
   * the left side's, the socket goes to the right side, whatever its address. Everything else is asked as before.
   */
  readonly connectTo?: readonly string[];
  /** Extra certificate authorities as PEM text (one or more certificates), trusted besides Node's own. */
  readonly ca?: string;
  /** Resolves names; default: the operating system's resolver. See `resolverLookup` for named DNS servers. */
  readonly lookup?: Lookup;
  /** Milliseconds for resolving, connecting and the TLS handshake together. Default 5000. */
  readonly connectTimeoutMs?: number;
  /** Milliseconds from the call to the last byte of the answer, redirects included. Default 20000. */
  readonly timeoutMs?: number;
  /** Largest body in bytes, after decompression. Default 33554432 (32 MiB). */
  readonly maxBytes?: number;
  /** Largest header section of an answer in bytes. Default 32768. */
  readonly maxHeaderBytes?: number;
  /** Connections kept per origin; further requests wait for one. Default 32. */
  readonly connectionsPerOrigin?: number;
  /** The `user-agent` header. Default `trunkline`. */
  readonly userAgent?: string;
}

export interface EgressRequest {
  readonly url: string;
  /** Default `GET`. CONNECT and TRACE are refused. */
  readonly method?: string;
  /** One value per name. `host`, framing, connection and proxy headers are refused: they are written here. */
  readonly headers?: Readonly<Record<string, string>>;
  /** A string is sent as UTF-8. */
  readonly body?: string | Uint8Array;
  /** Milliseconds for this request in place of the egress' own. */
  readonly timeoutMs?: number;
  /** Bytes for this answer in place of the egress' own. */
  readonly maxBytes?: number;
  /** Gives the request up. Not for requests that must not be abandoned once sent (a token refresh). */
  readonly signal?: AbortSignal;
  /**
   * The origins the credential in this request is bound to (`https://api.example.com`). A URL outside, redirects included, is refused before
   * connecting; an empty list refuses every URL. Leave it out only when the request carries no secret.
   */
  readonly allowedOrigins?: readonly string[];
  /**
   * `error` (default): a 3xx is returned as it is and never followed. `follow`: up to 3 redirects, each checked like a new request; to another
   * origin only accept, accept-encoding, accept-language and user-agent go along, and never a body.
   */
  readonly redirect?: 'error' | 'follow';
}

export interface EgressResponse {
  /** Any final status; an HTTP error status is an answer, not an error. */
  readonly status: number;
  /** Lower-case names; repeated headers joined with `, `; `set-cookie` left out; no prototype. As sent: content-encoding is not removed. */
  readonly headers: Readonly<Record<string, string>>;
  /** The whole body, decompressed. */
  readonly body: Uint8Array;
  /** The body as text, by the content type's charset, UTF-8 by default. */
  text(): string;
  /** Where the answer came from: the requested URL without fragment, or the last one followed. */
  readonly url: string;
  /** `performance.now()` when the (last) request began to be written. */
  readonly sentAt: number;
  /** `performance.now()` when the answer's headers were there: the moment a lifetime such as `expires_in` can be counted from. */
  readonly receivedAt: number;
}

export interface Egress {
  /**
   * Send one request and collect its answer.
   *
   * @throws EgressError for everything that is not a complete answer
   * @throws RangeError when `timeoutMs` or `maxBytes` is not a whole number from 1
   */
  request(request: EgressRequest): Promise<EgressResponse>;
  /**
   * Judge a URL without connecting, for fields that are stored now and called later. Passing is not a promise: a name's addresses are checked
   * at every connection.
   *
   * @throws EgressError `EGRESS_URL_INVALID` or `EGRESS_BLOCKED`
   */
  check(url: string, allowedOrigins?: readonly string[]): void;
  /**
   * Open a TCP connection for a protocol that is not HTTP (SFTP), under the same rules for host and address; any port. The caller owns the socket
   * and puts the protocol's own security on it. An IPv6 address may have brackets.
   *
   * @throws EgressError `EGRESS_URL_INVALID`, `EGRESS_BLOCKED`, `EGRESS_DNS`, `EGRESS_CONNECT`; `EGRESS_ABORTED` once closed
   */
  connect(target: { host: string; port: number; timeoutMs?: number }): Promise<Socket>;
  /** Take no more requests, finish those under way (each has its deadline), close all connections. */
  close(): Promise<void>;
}
