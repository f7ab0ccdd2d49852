import { AppError } from '@trunkline/service';
import { refuseHostile } from './refuse-hostile.js';

/** The body's value; undefined for an empty one, whatever its content type says. */
export function parseJson(body: Buffer): unknown {
  if (body.length === 0) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(body.toString('utf8'));
  } catch (cause) {
    throw new AppError('VALIDATION', 'The request body is not valid JSON.', { cause });
  }
  refuseHostile(value);
  return value;
}
