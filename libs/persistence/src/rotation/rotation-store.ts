import type { DataSource } from 'typeorm';
import { newId, type Principal, type Rotation, type RotationKind } from '@trunkline/contracts';
import { schemaOf } from '../sql.js';
import type { Outbox } from '../outbox/outbox.js';
import { tellAudit } from '../audit/tell-audit.js';
import type { Batch, Cursor } from './pass.js';

/** A step of a rotation, claimed by this process for a while. */
export interface Claim {
  readonly id: string;
  readonly kind: RotationKind;
  readonly tenant: string | null;
  readonly destroyOld: boolean;
  readonly targetVersion: number | null;
  readonly failed: number;
  readonly passReplaced: number;
  readonly cursor: Cursor | null;
  readonly keysMadeAt: Date | null;
  readonly cleanAt: Date | null;
  /** Nobody seals with an older data key any more. */
  readonly settled: boolean;
  readonly step: string;
}

/** How long a step may take before another replica does it as well. */
const leaseSeconds = 15;

const shown = `id, kind, tenant, status, destroy_old AS "destroyOld", total, done_count AS done, failed_count AS failed, last_error AS "lastError",
  requested_by AS "requestedBy", started_at AS started, updated_at AS updated, finished_at AS finished`;

/** The rows of the table `rotation`: the truth about what is under way, for every replica. */
export class RotationStore {
  constructor(
    private readonly database: DataSource,
    /** How long after a newer data key was made somebody may still seal with the former one. */
    private readonly settleSeconds: number,
  ) {}

  /** Begins, or joins the one that is running: of two at once the unique index lets one through. */
  start(asked: { kind: RotationKind; tenant: string | null; destroyOld: boolean; targetVersion: number | null }, who: Principal, outbox: Outbox): Promise<Rotation> {
    const { kind, tenant, destroyOld, targetVersion } = asked;
    return this.database.transaction(async (tx) => {
      const id = newId('rotation');
      const rows = (await tx.query(
        `INSERT INTO ${this.#table} AS r (id, kind, tenant, destroy_old, target_version, requested_by) VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (kind, coalesce(tenant, '')) WHERE status = 'running'
         DO UPDATE SET destroy_old = r.destroy_old OR excluded.destroy_old, target_version = greatest(r.target_version, excluded.target_version)
         RETURNING ${shown}`,
        [id, kind, tenant, destroyOld, targetVersion, who.id],
      )) as Row[];
      const rotation = shownOf(rows[0]!);
      const action = rotation.id === id ? 'rotation.started' : 'rotation.joined';
      await tellAudit(outbox, tx, { who, tenant: { platformId: null, projectId: null }, action, target: { type: 'rotation', id: rotation.id }, details: { kind, tenant, destroyOld } });
      return rotation;
    });
  }

  async find(id: string): Promise<Rotation | undefined> {
    const [row] = (await this.database.query(`SELECT ${shown} FROM ${this.#table} WHERE id = $1`, [id])) as Row[];
    return row && shownOf(row);
  }

  async latest(): Promise<Rotation[]> {
    return ((await this.database.query(`SELECT ${shown} FROM ${this.#table} ORDER BY id DESC LIMIT 50`)) as Row[]).map(shownOf);
  }

  /** Takes the next step that is due, but none of the rotations named. Whoever dies with it delays the rotation by the lease, no more. */
  async claim(except: readonly string[]): Promise<Claim | undefined> {
    const [rows] = (await this.database.query(
      `UPDATE ${this.#table} SET step = step + 1, next_at = clock_timestamp() + make_interval(secs => ${leaseSeconds})
       WHERE id = (SELECT id FROM ${this.#table} WHERE status = 'running' AND next_at <= clock_timestamp() AND id <> ALL ($2) ORDER BY next_at LIMIT 1 FOR UPDATE SKIP LOCKED)
       RETURNING id, kind, tenant, destroy_old AS "destroyOld", target_version AS "targetVersion", failed_count AS failed, pass_replaced AS "passReplaced", cursor,
         keys_made_at AS "keysMadeAt", clean_at AS "cleanAt", coalesce(keys_made_at + make_interval(secs => $1) <= clock_timestamp(), kind = 'master') AS settled, step`,
      [this.settleSeconds, except],
    )) as [Claim[], number];
    return rows[0];
  }

  /** Tenants without a data key of this rotation's time, and the version each has now. */
  tenantsToRekey({ id, tenant }: Claim, limit: number): Promise<{ tenant: string; version: number }[]> {
    return this.database.query(
      `SELECT k.tenant, max(k.version) AS version FROM ${this.#keys} AS k, ${this.#table} AS r
       WHERE r.id = $1 AND ($2::text IS NULL OR k.tenant = $2) GROUP BY k.tenant HAVING max(k.created_at) < max(r.started_at) ORDER BY k.tenant LIMIT $3`,
      [id, tenant, limit],
    );
  }

  /** The next step may follow at once. */
  keysMade = (claim: Claim) => this.#write(claim, 'keys_made_at = clock_timestamp(), next_at = clock_timestamp()');

  again = (claim: Claim) => this.#write(claim, 'next_at = clock_timestamp()');

  passBegun = (claim: Claim, from: Cursor, remaining: number) =>
    this.#write(claim, 'cursor = $3, total = done_count + $4, failed_count = 0, pass_replaced = 0, next_at = clock_timestamp()', [JSON.stringify(from), remaining]);

  walked = (claim: Claim, { next, replaced, failed, lastError }: Batch) =>
    this.#write(
      claim,
      `cursor = $3, done_count = done_count + $4, pass_replaced = pass_replaced + $4, failed_count = failed_count + $5, total = greatest(total, done_count + $4),
       last_error = CASE WHEN $6::text IS NOT NULL THEN $6 WHEN failed_count = 0 THEN NULL ELSE last_error END, next_at = clock_timestamp()`,
      [next === null ? null : JSON.stringify(next), replaced, failed, lastError],
    );

  /** Nothing is left for now, but somebody may still be sealing with the former key. */
  untilSettled = (claim: Claim) => this.#write(claim, 'next_at = greatest(keys_made_at + make_interval(secs => $3), clock_timestamp())', [this.settleSeconds]);

  /** Nothing is sealed with older keys; whoever has read such a value is given as long again to open it. */
  clean = (claim: Claim) => this.#write(claim, 'clean_at = clock_timestamp(), next_at = clock_timestamp() + make_interval(secs => $3)', [this.settleSeconds]);

  notClean = (claim: Claim) => this.#write(claim, 'clean_at = NULL, next_at = clock_timestamp()');

  postponed = (claim: Claim, pauseSeconds: number, lastError: string | null) =>
    this.#write(claim, 'next_at = clock_timestamp() + make_interval(secs => $3), last_error = coalesce($4, last_error)', [pauseSeconds, lastError]);

  finished = (claim: Claim, status: 'done' | 'failed') =>
    this.#write(claim, `status = $3, finished_at = clock_timestamp(), last_error = CASE WHEN $3 = 'done' THEN NULL ELSE last_error END`, [status]);

  /** Writes only while nobody took the step after this one. */
  async #write({ id, step }: Claim, assignments: string, values: readonly unknown[] = []): Promise<void> {
    await this.database.query(`UPDATE ${this.#table} SET ${assignments}, updated_at = clock_timestamp() WHERE id = $1 AND step = $2 AND status = 'running'`, [id, step, ...values]);
  }

  get #table(): string {
    return `"${schemaOf(this.database)}".rotation`;
  }

  get #keys(): string {
    return `"${schemaOf(this.database)}".data_key`;
  }
}

type Row = Omit<Rotation, 'started' | 'updated' | 'finished'> & { readonly started: Date; readonly updated: Date; readonly finished: Date | null };

const shownOf = (row: Row): Rotation => ({ ...row, started: row.started.toISOString(), updated: row.updated.toISOString(), finished: row.finished?.toISOString() ?? null });
