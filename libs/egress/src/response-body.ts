import { createBrotliDecompress, createGunzip, createInflate, createInflateRaw } from 'node:zlib';
import type { Transform } from 'node:stream';
import { EgressError } from './egress-error.js';

/** Where the bytes of one answer go. */
export interface BodySink {
  /** False asks to pause until `resume` of {@link SinkEvents}. */
  write(chunk: Buffer): boolean;
  end(): void;
  /** Stop at once and forget everything. */
  destroy(): void;
}

export interface SinkEvents {
  done(body: Buffer): void;
  failed(error: EgressError): void;
  resume(): void;
}

/**
 * Collects an answer's body, decompressed, and fails as soon as it passes the cap. The cap counts both what came over the wire and what came
 * out of the decompressor, so a bomb stops after `maxBytes` of output however small it is, and an endless stream of empty deflate blocks
 * (much input, no output) stops after `maxBytes` of input.
 *
 * Exactly one content coding is understood (gzip, deflate, br: what we ask for). Stacked codings multiply a bomb and no API uses them; they
 * and unknown ones are an error rather than bytes the caller cannot read.
 */
export function createBodySink(contentEncoding: string | undefined, maxBytes: number, authority: string, events: SinkEvents): BodySink {
  const coding = (contentEncoding ?? '').trim().toLowerCase();
  if (coding === '' || coding === 'identity') return new PlainSink(maxBytes, authority, events);
  const decoder = decoders.get(coding);
  if (decoder) return new DecodingSink(decoder, maxBytes, authority, events);
  throw new EgressError('EGRESS_RESET', `${authority} answered with a content-encoding that is not gzip, deflate or br`, { sent: true, retryable: false });
}

const chunkSize = 64 * 1024;
const gunzip = (): Transform => createGunzip({ chunkSize });
const decoders: ReadonlyMap<string, (first: Buffer) => Transform> = new Map<string, (first: Buffer) => Transform>([
  ['gzip', gunzip],
  ['x-gzip', gunzip],
  // "deflate" is the zlib format (RFC 9110 section 8.4.1.2), but many servers send raw deflate; the low nibble 8 tells the zlib header.
  ['deflate', (first) => (((first[0] ?? 0) & 0x0f) === 8 ? createInflate({ chunkSize }) : createInflateRaw({ chunkSize }))],
  ['br', () => createBrotliDecompress({ chunkSize })],
]);

export const tooLarge = (authority: string, maxBytes: number, status?: number): EgressError =>
  new EgressError('EGRESS_TOO_LARGE', `the answer of ${authority} is larger than ${maxBytes} bytes`, { sent: true, status });

class Collector {
  readonly #chunks: Buffer[] = [];
  #size = 0;

  constructor(readonly maxBytes: number) {}

  /** False when the cap is passed. */
  add(chunk: Buffer): boolean {
    this.#size += chunk.length;
    if (this.#size > this.maxBytes) return false;
    this.#chunks.push(chunk);
    return true;
  }

  take(): Buffer {
    const only = this.#chunks.length === 1 ? this.#chunks[0] : undefined;
    return only ?? Buffer.concat(this.#chunks, this.#size);
  }

  clear(): void {
    this.#chunks.length = 0;
  }
}

class PlainSink implements BodySink {
  readonly #collector: Collector;

  constructor(maxBytes: number, private readonly authority: string, private readonly events: SinkEvents) {
    this.#collector = new Collector(maxBytes);
  }

  write(chunk: Buffer): boolean {
    if (!this.#collector.add(chunk)) this.events.failed(tooLarge(this.authority, this.#collector.maxBytes));
    return true;
  }

  end(): void {
    this.events.done(this.#collector.take());
  }

  destroy(): void {
    this.#collector.clear();
  }
}

class DecodingSink implements BodySink {
  readonly #collector: Collector;
  #decoder: Transform | undefined;
  #wireBytes = 0;

  constructor(
    private readonly create: (first: Buffer) => Transform,
    private readonly maxBytes: number,
    private readonly authority: string,
    private readonly events: SinkEvents,
  ) {
    this.#collector = new Collector(maxBytes);
  }

  write(chunk: Buffer): boolean {
    this.#wireBytes += chunk.length;
    if (this.#wireBytes > this.maxBytes) {
      this.events.failed(tooLarge(this.authority, this.maxBytes));
      return true;
    }
    this.#decoder ??= this.#start(chunk);
    return this.#decoder.write(chunk);
  }

  end(): void {
    // 204, HEAD and empty answers may name a coding and have no byte of it.
    if (this.#decoder) this.#decoder.end();
    else this.events.done(Buffer.alloc(0));
  }

  destroy(): void {
    this.#decoder?.destroy();
    this.#collector.clear();
  }

  #start(first: Buffer): Transform {
    const { authority, events } = this;
    return this.create(first)
      .on('data', (chunk: Buffer) => {
        if (!this.#collector.add(chunk)) events.failed(tooLarge(authority, this.maxBytes));
      })
      .on('drain', () => events.resume())
      .on('end', () => events.done(this.#collector.take()))
      .on('error', () => events.failed(new EgressError('EGRESS_RESET', `the answer of ${authority} could not be decompressed`, { sent: true })));
  }
}
