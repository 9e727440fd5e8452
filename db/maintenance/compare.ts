import type { Table } from 'drizzle-orm'
import type { StorageProblem } from '../../src/ports/event-store.ts'
import type { Write } from '../projections/write.ts'
import { run, type Sql, storableJson, textArray } from '../sql.ts'
import { differenceQuery, record } from '../write-rows.ts'
import { wrongGroupResults } from './group-results.ts'
import { findStrayRows, idsWithoutRow } from './stray-rows.ts'
import { rowsOf, wholeStreams } from './walk.ts'

/** Changes nothing. Rows that trading writes during the comparison are newer than what was read and count as right. */
export async function compareProjections(sql: Sql): Promise<readonly StorageProblem[]> {
  const problems: StorageProblem[] = []
  for await (const streams of wholeStreams(sql)) {
    const writes = streams.flatMap(rowsOf).filter((write) => write.how === 'put')
    for (const [table, rows] of byTable(writes)) problems.push(...(await differences(sql, table, rows)))
    for (const [table, ids] of idsWithoutRow(streams.flat(), writes)) {
      const extra = await run(sql, `select id from ${table} where id = any($1::text[])`, [textArray(ids)])
      problems.push(...extra.map((row) => ({ where: `${table} ${String(row['id'])}`, problem: 'no event accounts for this row' })))
    }
  }
  await findStrayRows(sql, async (table, _key, values) => {
    problems.push(...values.map((value) => ({ where: `${table} ${value}`, problem: 'no event accounts for this row' })))
  })
  return [...problems, ...(await wrongDays(sql)), ...(await wrongGroupResults(sql))]
}

function byTable(writes: readonly Write[]): ReadonlyMap<Table, Write['row'][]> {
  const tables = new Map<Table, Write['row'][]>()
  for (const { table, row } of writes) tables.set(table, [...(tables.get(table) ?? []), row])
  return tables
}

async function differences(sql: Sql, table: Table, rows: readonly Write['row'][]): Promise<readonly StorageProblem[]> {
  const { name, statement } = differenceQuery(table)
  const found = await run(sql, statement, [storableJson(rows.map((row) => record(table, row)))])
  return found.map((row) => ({
    where: `${name} ${String(row['key'])}`,
    problem: row['missing'] === true ? 'the row is missing' : 'the row differs from its events',
  }))
}

async function wrongDays(sql: Sql): Promise<readonly StorageProblem[]> {
  const rows = await run(
    sql,
    `select coalesce(d.date, r.date) as date from day_results d full join (
       select date, sum(realized_pnl) as realized_pnl, sum(fees) as fees, sum(wins) as wins, sum(losses) as losses, sum(trades) as trades
       from realizations group by date) r on r.date = d.date
     where (d.realized_pnl, d.fees, d.wins, d.losses, d.trades) is distinct from (r.realized_pnl, r.fees, r.wins, r.losses, r.trades)`,
    [],
  )
  return rows.map((row) => ({ where: `day_results ${String(row['date'])}`, problem: 'the sums differ from the fills of that day' }))
}
