import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { FaultRule } from './fault.js';

const ERROR_PAGE = '<!DOCTYPE html>\n<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1><hr>nginx</body></html>\n';

/** Carries out a fault before the request is processed. False: the request goes on. */
export async function faultBefore(rule: FaultRule, request: IncomingMessage, response: ServerResponse, cleared: AbortSignal): Promise<boolean> {
  if (rule.phase === 'after' || rule.kind === 'truncate') return false;
  if (rule.kind === 'delay') {
    await pause(rule.delayMs, cleared);
    return false;
  }
  // The body is read and thrown away, as a server does that fails behind its front end; else the client might see a broken pipe instead.
  request.resume();
  harm(rule, response, Buffer.alloc(0), cleared);
  return true;
}

/** Holds the answer back until it is complete, then spoils it as the fault says. To be called before the request is processed. */
export function faultAfter(rule: FaultRule, response: ServerResponse, cleared: AbortSignal): void {
  if (rule.phase !== 'after' && rule.kind !== 'truncate') return;
  const chunks: Buffer[] = [];
  const { write, end, writeHead, flushHeaders } = response;
  const keep = (chunk: unknown, encoding: unknown) => {
    if (typeof chunk === 'string') chunks.push(Buffer.from(chunk, typeof encoding === 'string' ? (encoding as BufferEncoding) : 'utf8'));
    else if (chunk instanceof Uint8Array) chunks.push(Buffer.from(chunk));
  };
  response.flushHeaders = () => undefined;
  response.writeHead = ((status: number, ...rest: unknown[]) => {
    response.statusCode = status;
    const headers = rest.find((part) => typeof part === 'object' && part !== null && !Array.isArray(part)) as Record<string, string> | undefined;
    for (const [name, value] of Object.entries(headers ?? {})) response.setHeader(name, value);
    return response;
  }) as ServerResponse['writeHead'];
  response.write = ((chunk: unknown, encoding: unknown, callback: unknown) => {
    keep(chunk, encoding);
    const done = typeof encoding === 'function' ? encoding : callback;
    if (typeof done === 'function') process.nextTick(done as () => void);
    return true;
  }) as ServerResponse['write'];
  response.end = ((chunk: unknown, encoding: unknown, callback: unknown) => {
    keep(chunk, encoding);
    Object.assign(response, { write, end, writeHead, flushHeaders });
    const done = [chunk, encoding, callback].find((part) => typeof part === 'function') as (() => void) | undefined;
    if (done) response.once('finish', done);
    harm(rule, response, Buffer.concat(chunks), cleared);
    return response;
  }) as ServerResponse['end'];
}

function harm(rule: FaultRule, response: ServerResponse, real: Buffer, cleared: AbortSignal): void {
  switch (rule.kind) {
    case 'status':
    case 'html': {
      for (const name of response.getHeaderNames()) response.removeHeader(name);
      const body = bodyOf(rule);
      response.writeHead(rule.status ?? (rule.kind === 'html' ? 200 : 503), {
        'content-type': contentTypeOf(rule),
        'content-length': String(body.length),
        ...Object.fromEntries(Object.entries(rule.headers).map(([name, value]) => [name.toLowerCase(), value])),
      });
      response.end(body);
      return;
    }
    case 'delay':
      void pause(rule.delayMs, cleared).then(() => response.end(real));
      return;
    case 'reset':
      response.socket?.resetAndDestroy();
      return;
    case 'hang':
      // Let go when the faults are deleted, so that a client without a deadline is not stuck for ever.
      cleared.addEventListener('abort', () => response.socket?.destroy(), { once: true });
      return;
    case 'truncate':
      response.setHeader('content-length', String(Math.max(real.length, 1)));
      response.removeHeader('transfer-encoding');
      response.flushHeaders();
      response.write(real.subarray(0, Math.floor(real.length / 2)), () => response.socket?.destroy());
      return;
  }
}

function contentTypeOf({ kind, body }: FaultRule): string {
  if (kind === 'html') return 'text/html; charset=utf-8';
  return body === undefined || typeof body === 'string' ? 'text/plain; charset=utf-8' : 'application/json';
}

function bodyOf(rule: FaultRule): Buffer {
  if (rule.bodyBase64 !== undefined) return Buffer.from(rule.bodyBase64, 'base64');
  if (rule.body === undefined) return Buffer.from(rule.kind === 'html' ? ERROR_PAGE : '');
  return Buffer.from(typeof rule.body === 'string' ? rule.body : JSON.stringify(rule.body));
}

/** Waits, or less when the faults are deleted meanwhile. */
async function pause(ms: number, cleared: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal: cleared }).catch(() => undefined);
}
