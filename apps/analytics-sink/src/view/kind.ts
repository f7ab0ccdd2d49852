/** What a column of a view is made of. */
export type Kind = 'boolean' | 'numeric' | 'timestamptz' | 'text' | 'jsonb';

const day = '(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)|02-(?:0[1-9]|1[0-9]|2[0-8]))';
const leapDay = '(?:[0-9]{2}(?:0[48]|[2468][048]|[13579][26])|(?:[02468][048]|[13579][26])00)-02-29';
/**
 * A moment that PostgreSQL takes as it is and keeps whole: a date that exists, a zone (without one it would depend on the session), at
 * most microseconds. JavaScript and PostgreSQL read this expression alike.
 */
export const instantPattern = `^(?!0000)(?:[0-9]{4}-${day}|${leapDay})T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:[.][0-9]{1,6})?(?:Z|[+-](?:0[0-9]|1[0-4]):[0-5][0-9])$`;
const instant = new RegExp(instantPattern);

/** Null says nothing about a field. */
export function kindOf(value: unknown): Kind | null {
  switch (typeof value) {
    case 'boolean':
      return 'boolean';
    case 'number':
      return 'numeric';
    case 'string':
      return instant.test(value) ? 'timestamptz' : 'text';
    default:
      return value === null || value === undefined ? null : 'jsonb';
  }
}

/** The narrowest kind that shows values of both: scalars of several kinds as text, anything with a list or an object as jsonb. */
export function wider(one: Kind, other: Kind): Kind {
  if (one === other) return one;
  return one === 'jsonb' || other === 'jsonb' ? 'jsonb' : 'text';
}

/** Whether a column of that kind shows the value as it is. Asked for every value of every record: the common answers come first. */
export function shows(kind: Kind, value: unknown): boolean {
  if (value === null || value === undefined || kind === 'jsonb') return true;
  if (kind === 'text') return typeof value !== 'object';
  return kindOf(value) === kind;
}
