import { z } from 'zod';

const inspect = Symbol.for('nodejs.util.inspect.custom');

/**
 * A string that must never be printed: logs, errors, JSON and template strings all show `[secret]`.
 * The only way to the text is {@link Secret.reveal}, which is easy to search for in review.
 */
export class Secret {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  /** The plain text. Call it at the last moment, where the secret leaves the process or is sealed. */
  reveal(): string {
    return this.#text;
  }

  toString(): string {
    return '[secret]';
  }

  toJSON(): string {
    return '[secret]';
  }

  [inspect](): string {
    return '[secret]';
  }
}

/** On the wire a plain string (RPC payloads only, never events or jobs); in memory a {@link Secret}. */
export const secret = (inner: z.ZodString = z.string().min(1).max(65_536)) =>
  z.codec(inner, z.instanceof(Secret), {
    decode: (text) => new Secret(text),
    encode: (value) => value.reveal(),
  });
