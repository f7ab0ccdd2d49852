import type { FastifyRequest } from 'fastify';
import { AppError } from '@trunkline/service';

/**
 * A form may be sent by our own page alone: another page could otherwise have the person connect by a link that is not theirs, without
 * showing whose it is (CORRECTNESS H21). The browser says which page it was: in Sec-Fetch-Site where it knows that header, and in Origin,
 * which is `null` on a page without referrer.
 * @throws AppError AUTHORIZATION
 */
export function requireOwnPage({ headers }: Pick<FastifyRequest, 'headers'>, publicUrl: string): void {
  const { origin } = headers;
  const site = headers['sec-fetch-site'];
  const named = origin !== undefined && origin !== 'null';
  const foreign = (named && origin !== new URL(publicUrl).origin) || (site !== undefined && site !== 'same-origin' && site !== 'none');
  if (!foreign && (named || site !== undefined)) return;
  throw new AppError('AUTHORIZATION', 'This form was not sent by its own page. Open your link again, in a current browser, and press the button there.');
}
