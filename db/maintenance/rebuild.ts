import type postgres from 'postgres'
import { run, type Sql, textArray } from '../sql.ts'
import { writeRows } from '../write-rows.ts'
import { rebuildGroupResults } from './group-results.ts'
import { deleteStrayRows, idsWithoutRow } from './stray-rows.ts'
import { eventCount, rowsOf, wholeStreams } from './walk.ts'

/**
 * Makes all projections anew from events, batch by batch, while trading goes on: a row that trading has written meanwhile is of a
 * newer version and stays. Each batch is a transaction of its own, so that nobody waits long.
 */
export async function rebuild(sql: postgres.Sql, progress?: (done: number, total: number) => void): Promise<number> {
  const total = await eventCount(sql)
  await deleteStrayRows(sql)
  let done = 0
  for await (const streams of wholeStreams(sql)) {
    const writes = streams.flatMap(rowsOf).filter((write) => write.how === 'put')
    const without = idsWithoutRow(streams.flat(), writes)
    await sql.begin(async (tx) => {
      await writeRows(tx, writes)
      for (const [table, ids] of without)
        if (ids.length > 0) await run(tx, `delete from ${table} where id = any($1::text[])`, [textArray(ids)])
    })
    done += streams.reduce((sum, events) => sum + events.length, 0)
    progress?.(done, Math.max(done, total))
  }
  await rebuildDays(sql)
  await rebuildGroupResults(sql)
  return done
}

const sums = `select date, sum(realized_pnl) as realized_pnl, sum(fees) as fees, sum(wins) as wins, sum(losses) as losses, sum(trades) as trades
  from realizations`

async function rebuildDays(sql: postgres.Sql): Promise<void> {
  for (let date = await nextDay(sql, '0001-01-01'); date !== null; date = await nextDay(sql, date)) {
    const day = date
    await sql.begin(async (tx) => {
      // Who closes a trade adds to this row last: once we hold it, what they realized is either all visible or not yet added.
      await run(tx, 'insert into day_results values ($1, 0, 0, 0, 0, 0) on conflict (date) do update set date = excluded.date', [day])
      await run(tx, 'delete from day_results where date = $1', [day])
      await run(tx, `insert into day_results (date, realized_pnl, fees, wins, losses, trades) ${sums} where date = $1 group by date`, [day])
    })
  }
}

async function nextDay(sql: Sql, after: string): Promise<string | null> {
  const next = `least((select min(date) from realizations where date > $1::date), (select min(date) from day_results where date > $1::date))`
  const [row] = await run(sql, `select ${next} as date`, [after])
  return row?.['date'] === null || row === undefined ? null : String(row['date'])
}
