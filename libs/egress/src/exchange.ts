import type { Dispatcher } from 'undici';
import { classifyFailure } from './classify-failure.js';
import type { EgressError } from './egress-error.js';
import type { Hop } from './next-hop.js';
import type { RequestLife } from './request-life.js';
import { createBodySink, tooLarge } from './response-body.js';
import type { BodySink } from './response-body.js';

/** One answer, redirects included, as it came. */
export interface Answer {
  readonly status: number;
  readonly headers: Record<string, string>;
  /** The header apart: a repeated Location, joined like other headers, would be another URL. */
  readonly location: string | undefined;
  readonly body: Buffer;
  readonly sentAt: number;
  readonly receivedAt: number;
}

/**
 * Send one request and collect one answer.
 *
 * undici's dispatch interface, which `request` is made of, instead of `request`: only it tells the moment the request is written (`sent` and
 * `sentAt` are exact), and it spares the stream that would be collected into a buffer anyway.
 */
export function exchange(dispatcher: Dispatcher, hop: Hop, maxBytes: number, life: RequestLife): Promise<Answer> {
  if (life.ended) return Promise.reject(life.ended);
  return new Promise((resolve, reject) => {
    const reader = new AnswerReader(hop, maxBytes, life, resolve, reject);
    life.onEnd = (error) => reader.fail(error);
    const { url, method, headers, body } = hop;
    // Only the total deadline counts; undici's own timers would add a second opinion.
    const options = { origin: url.origin, path: url.target, method, headers, body, headersTimeout: 0, bodyTimeout: 0 };
    dispatcher.dispatch(options as Dispatcher.DispatchOptions, reader);
  });
}

class AnswerReader implements Dispatcher.DispatchHandler {
  readonly #authority: string;
  #done = false;
  #started = false;
  #controller: Dispatcher.DispatchController | undefined;
  #sink: BodySink | undefined;
  #status = 0;
  #headers: Record<string, string> = {};
  #location: string | undefined;
  #sentAt = 0;
  #receivedAt = 0;

  constructor(
    private readonly hop: Hop,
    private readonly maxBytes: number,
    private readonly life: RequestLife,
    private readonly resolve: (answer: Answer) => void,
    private readonly reject: (error: EgressError) => void,
  ) {
    this.#authority = hop.url.authority;
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    // It ended while waiting for a connection. Throwing (unlike abort) drops this request and leaves the connection to the next one.
    if (this.#done) throw new Error('ended before it was sent');
    this.#controller = controller;
    this.#started = true;
    this.life.sent = true;
    this.#sentAt = performance.now();
  }

  onResponseStart(_controller: Dispatcher.DispatchController, status: number, headers: Record<string, string | string[] | undefined>): void {
    if (status < 200 || this.#done) return;
    this.#receivedAt = performance.now();
    this.#status = status;
    this.#location = typeof headers['location'] === 'string' ? headers['location'] : undefined;
    this.#headers = flatten(headers);
    const length = Number(this.#headers['content-length'] ?? 0);
    if (length > this.maxBytes && this.hop.method !== 'HEAD') return this.fail(tooLarge(this.#authority, this.maxBytes, status));
    try {
      this.#sink = createBodySink(this.#headers['content-encoding'], this.maxBytes, this.#authority, {
        done: (body) => this.#finish(body),
        failed: (error) => this.fail(error.code === 'EGRESS_TOO_LARGE' ? tooLarge(this.#authority, this.maxBytes, status) : error),
        resume: () => this.#controller?.resume(),
      });
    } catch (error) {
      this.fail(error as EgressError);
    }
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.#done || !this.#sink) return;
    if (!this.#sink.write(chunk) && !this.#done) controller.pause();
  }

  onResponseEnd(): void {
    if (!this.#done) this.#sink?.end();
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    this.fail(classifyFailure(error, this.#authority, this.#started));
  }

  /** End this exchange with an error. After the request was written the connection is cut: the rest of the answer is of no use to anyone. */
  fail(error: EgressError): void {
    if (this.#done) return;
    this.#done = true;
    this.#sink?.destroy();
    this.reject(error);
    this.#controller?.abort(error);
  }

  #finish(body: Buffer): void {
    if (this.#done) return;
    this.#done = true;
    this.resolve({ status: this.#status, headers: this.#headers, location: this.#location, body, sentAt: this.#sentAt, receivedAt: this.#receivedAt });
  }
}

/** Null prototype: a provider may well send a header called `constructor`. Cookies are dropped: nothing here keeps a session. */
function flatten(headers: Record<string, string | string[] | undefined>): Record<string, string> {
  const flat: Record<string, string> = Object.create(null);
  for (const name of Object.keys(headers)) {
    const value = headers[name];
    if (value !== undefined && name !== 'set-cookie') flat[name] = typeof value === 'string' ? value : value.join(', ');
  }
  return flat;
}
