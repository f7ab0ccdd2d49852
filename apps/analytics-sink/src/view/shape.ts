import { createHash } from 'node:crypto';
import { storableText } from '../record/storable-text.js';
import { kindOf, shows, wider, type Kind } from './kind.js';

export interface Field {
  /** The member's name in `data`. */
  readonly field: string;
  /** The view's column; given once and kept. */
  readonly column: string;
  readonly kind: Kind;
}

/** What has been seen of a stream's fields: a name and a kind each. */
export type Evidence = Map<string, Kind>;

/** The columns every view has; a field of the same name stands beside them under another one. */
export const fixedColumns = ['project_id', 'connection_id', 'key', 'version', 'run_id', 'updated_at', 'data'] as const;

const identifierBytes = 63;
/** A longer name is a value that a provider uses as a name; it stays in `data`. */
const longestField = 200;

/** Adds what a value says of its field. */
export function learn(evidence: Evidence, field: string, kind: Kind): void {
  const before = evidence.get(field);
  evidence.set(field, before === undefined ? kind : wider(before, kind));
}

/** What records have that the known fields do not show. Empty nearly always: one pass with a look-up per member, no statement. */
export function unseen(known: ReadonlyMap<string, Kind>, full: boolean, records: Iterable<unknown>): Evidence {
  const evidence: Evidence = new Map();
  for (const data of records) {
    if (typeof data !== 'object' || data === null || Array.isArray(data)) continue;
    const members = data as Record<string, unknown>;
    for (const name in members) {
      const value = members[name];
      const usual = known.get(name);
      if (usual !== undefined && shows(usual, value)) continue;
      const field = storableText(name);
      const kind = known.get(field);
      if (kind === undefined ? full || field.length > longestField : shows(kind, value)) continue;
      const seen = kindOf(value);
      if (seen !== null) learn(evidence, field, seen);
    }
  }
  return evidence;
}

/** The fields with what is new: widened in place, further ones behind, at most `most` of them. */
export function withEvidence(fields: readonly Field[], evidence: Evidence, most: number): Field[] {
  const merged = fields.map((known) => {
    const kind = evidence.get(known.field);
    return kind === undefined ? known : { ...known, kind: wider(known.kind, kind) };
  });
  const names = new Set(fields.map(({ field }) => field));
  const columns = new Set<string>([...fixedColumns, ...fields.map(({ column }) => column)]);
  for (const [field, kind] of evidence) {
    if (names.has(field) || field.length > longestField || merged.length >= most) continue;
    const column = columnFor(field, columns);
    columns.add(column);
    merged.push({ field, column, kind });
  }
  return merged;
}

function columnFor(field: string, taken: ReadonlySet<string>): string {
  for (const name of [field, `data_${field}`]) if (name !== '' && Buffer.byteLength(name) <= identifierBytes && !taken.has(name)) return name;
  return shortened(field, field);
}

/** The view of a stream; `taken` tells whether a name has an owner already (`a_b` + `c` meets `a` + `b_c`). */
export function viewNameFor(connector: string, stream: string, taken: (name: string) => boolean): string {
  const plain = `${connector}_${stream}`;
  return plain.length <= identifierBytes && !taken(plain) ? plain : shortened(plain, `${connector}.${stream}`);
}

/** As much of a name as fits, and a digest of what it is about: the same on every replica. */
function shortened(name: string, about: string): string {
  const digest = createHash('sha256').update(about).digest('hex').slice(0, 8);
  let start = [...name].slice(0, identifierBytes - 9);
  while (Buffer.byteLength(start.join('')) > identifierBytes - 9) start = start.slice(0, -1);
  return `${start.join('')}_${digest}`;
}
