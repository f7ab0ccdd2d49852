import { Inject, Injectable } from '@nestjs/common';
import { unspent, type Spending } from '@trunkline/connector-kit';
import { Sql, type Statement } from '@trunkline/persistence';

/** Whose budget, and which. */
export interface BudgetKey {
  readonly connector: string;
  readonly account: string;
  readonly name: string;
}

const lookAt: Statement = {
  name: 'sync_look_at_budget',
  text: `
    SELECT b.state, b.version::float8 AS version, extract(epoch FROM clock_timestamp())::float8 * 1000 AS now
    FROM (SELECT $1::text AS connector, $2::text AS account, $3::text AS name) AS wanted LEFT JOIN sync.api_budget b USING (connector, account, name)`,
};
const begin: Statement = {
  name: 'sync_begin_budget',
  text: 'INSERT INTO sync.api_budget (connector, account, name, state) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING RETURNING version',
};
const change: Statement = {
  name: 'sync_change_budget',
  text: `UPDATE sync.api_budget SET state = $4, version = version + 1, touched_at = now() WHERE connector = $1 AND account = $2 AND name = $3 AND version = $5 RETURNING version`,
};
/** Nothing of what is spent counts for so long, and a provider's word for an hour. */
const forget: Statement = { name: 'sync_forget_budgets', text: `DELETE FROM sync.api_budget WHERE touched_at < now() - interval '40 days'` };

/** Budgets in the database, by its clock. Nobody holds a lock while he thinks: who was overtaken looks again. */
@Injectable()
export class BudgetRows {
  readonly #sql: Sql;

  constructor(@Inject(Sql) sql: Sql) {
    this.#sql = sql;
  }

  /** Changes a budget by a pure rule, as often as it takes to be the one who changed it. A state that stays the same is not written. */
  async change<Result extends { readonly state: Spending }>(key: BudgetKey, by: (state: Spending, now: number) => Result): Promise<Result> {
    const place = [key.connector, key.account, key.name];
    for (;;) {
      const { state, version, now } = (await this.#sql.first<{ state: Spending | null; version: number | null; now: number }>(lookAt, place))!;
      const result = by(state ?? unspent, now);
      if (state !== null && JSON.stringify(state) === JSON.stringify(result.state)) return result;
      const text = JSON.stringify(result.state);
      const written = version === null ? await this.#sql.first(begin, [...place, text]) : await this.#sql.first(change, [...place, text, version]);
      if (version === null && written !== undefined) await this.#sql.rows(forget, []);
      if (written !== undefined) return result;
    }
  }
}
