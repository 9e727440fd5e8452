import type postgres from 'postgres'
import type { StorageProblem } from '../../src/ports/event-store.ts'
import { run, type Sql } from '../sql.ts'

/** What the closed trades of the span $1 that starts on $2 came to; nothing when no such span starts on that day. */
const sums = `select $1::text as span, $2::date as start, grouping, name, sum(realized_pnl) as realized_pnl, sum(fees) as fees,
    count(*) filter (where realized_pnl > fees) as wins, count(*) as trades
  from closed_positions cross join lateral (values ('symbol', symbol), ('category', coalesce(category, 'none'))) as of (grouping, name)
  where date_trunc($1, $2::date) = $2::date and date >= $2::date and date < ($2::date + ('1 ' || $1)::interval)::date
  group by grouping, name`

/** One span after the other, in a transaction of its own each, so that nobody who closes a trade waits long. */
export async function rebuildGroupResults(sql: postgres.Sql): Promise<void> {
  for await (const span of spans(sql))
    await sql.begin(async (tx) => {
      // Whoever closes a trade adds to this table: once we hold it, each trade is either visible with its sums or not yet added.
      await run(tx, 'lock table group_results in share row exclusive mode', [])
      await run(tx, 'delete from group_results where span = $1 and start = $2', span)
      await run(tx, `insert into group_results (span, start, grouping, name, realized_pnl, fees, wins, trades) ${sums}`, span)
    })
}

export async function wrongGroupResults(sql: Sql): Promise<readonly StorageProblem[]> {
  const problems: StorageProblem[] = []
  for await (const span of spans(sql)) {
    const rows = await run(
      sql,
      `select grouping, name from (select * from group_results where span = $1 and start = $2) g
         full join (${sums}) s using (span, start, grouping, name)
       where (g.realized_pnl, g.fees, g.wins, g.trades) is distinct from (s.realized_pnl, s.fees, s.wins, s.trades)
       order by grouping, name`,
      span,
    )
    const where = (row: postgres.Row) => `group_results ${span.join(' ')} ${String(row['grouping'])} ${String(row['name'])}`
    problems.push(...rows.map((row) => ({ where: where(row), problem: 'the sums differ from the trades closed in that time' })))
  }
  return problems
}

/** Every day, month and year in which a trade was closed, or of which there is a result. */
async function* spans(sql: Sql): AsyncGenerator<readonly [span: string, start: string]> {
  for (const span of ['day', 'month', 'year']) {
    for (let start = await nextStart(sql, span, '0001-01-01'); start !== null; start = await nextStart(sql, span, start))
      yield [span, start]
  }
}

async function nextStart(sql: Sql, span: string, after: string): Promise<string | null> {
  const next = `least(
    (select date_trunc($1, min(date))::date from closed_positions where date >= (date_trunc($1, $2::date) + ('1 ' || $1)::interval)::date),
    (select min(start) from group_results where span = $1 and start > $2::date))`
  const [row] = await run(sql, `select ${next} as start`, [span, after])
  return row?.['start'] === null || row === undefined ? null : String(row['start'])
}
