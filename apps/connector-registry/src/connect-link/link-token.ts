import { randomBytes } from 'node:crypto';
import { Secret } from '@trunkline/contracts';
import { sha256 } from '../api-key/api-key.js';

/** 256 bits, base64url. */
const shape = /^[A-Za-z0-9_-]{43}$/;

export interface MintedLink {
  /** Shown once, in the page's address. */
  readonly token: Secret;
  /** What is kept, and what a link is looked up by: who reads the table cannot open a page. */
  readonly digest: Buffer;
}

export function mintLinkToken(): MintedLink {
  const token = randomBytes(32).toString('base64url');
  return { token: new Secret(token), digest: sha256(token) };
}

/** Null if it is none of ours. */
export function digestOfToken(presented: Secret): Buffer | null {
  const text = presented.reveal();
  return shape.test(text) ? sha256(text) : null;
}
