import { type Database, openDatabase } from '../../../db/connect.ts'
import { createEventStore } from '../../../db/event-store.ts'
import { rebuildGroupResults } from '../../../db/maintenance/group-results.ts'
import { run } from '../../../db/sql.ts'
import { simulationStart } from '../../../src/adapters/market/simulated.ts'
import type { EventOf, StreamKind } from '../../../src/domain/streams.ts'
import { alertReceived, orderFilled, orderPrepared, positionClosed, positionOpened, proposalOffered } from '../../db/given.ts'
import type { BotHome } from '../../support/bot.ts'

const silent = { warn: () => undefined, error: () => undefined }

/** The database of a home without its bot. */
export const open = (home: BotHome): Promise<Database> =>
  openDatabase({ url: home.databaseUrl, dataDir: `${home.folder}/data`, log: silent })

const days = 500

/** Every table that a result is read from, as `count` closed trades over 500 days leave them; adds to what is there already. */
export async function seedTrades({ sql, kind }: Database, from: number, to: number): Promise<void> {
  const end = new Date(simulationStart - 86_400_000).toISOString()
  // Trade i: its day, its company, what it made. Deterministic, so that every run sees the same books.
  const trades = `select i, 't-' || i as id, 'SYM' || (i * 7919 / ${days} % 60) as symbol,
      (array['earnings', 'contract', 'guidance', 'merger', 'filing'])[1 + i % 5] as category,
      $1::timestamptz - (i % ${days}) * interval '1 day' - (i * 31 % 19000) * interval '1 second' as closed,
      round((20 + i * 37 % 400)::numeric + (i % 100) / 100.0, 2) as price, round(((i * 7907 % 1000) - 480)::numeric / 10, 2) as pnl
    from generate_series($2::int, $3::int - 1) i`
  const day = `(closed at time zone 'America/New_York')::date`
  const net = 'case when pnl > 0.4 then 1 else 0 end, case when pnl < 0.4 then 1 else 0 end, 1'
  const insert = (statement: string) => run(sql, statement.replace('TRADES', `(${trades}) t`), [end, from, to])
  await insert(`insert into positions (id, stream_version, symbol, side, status, quantity, peak_quantity, entry_price, cost, exit_price,
      exit_quantity, realized_pnl, fees, stop_loss, take_profit, initial_stop, mae, mfe, mark_price, unprotected, context, category,
      proposal_id, opened_at, closed_at, exit_reason)
    select id, 2, symbol, 'long', 'closed', 0, 10, price, 0, price + pnl / 10, 10, pnl, 0.4, price * 0.95, price * 1.1, price * 0.95,
      least(pnl, 0), greatest(pnl, 0), price, false, '{"strategy": "catalyst", "signalConfidence": 0.8, "catalystScore": 0.7, "rvol": null, "atr": 0.3}',
      category, 'p-' || i, closed - interval '3 hours', closed, case when pnl > 0 then 'take_profit' else 'stop_loss' end from TRADES`)
  await insert(`insert into closed_positions (position_id, stream_version, symbol, side, quantity, entry_price, exit_price, realized_pnl, fees,
      mae, mfe, exit_reason, category, opened_at, closed_at, proposal_id, date)
    select id, 2, symbol, 'long', 10, price, price + pnl / 10, pnl, 0.4, least(pnl, 0), greatest(pnl, 0),
      case when pnl > 0 then 'take_profit' else 'stop_loss' end, category, closed - interval '3 hours', closed, 'p-' || i, ${day} from TRADES`)
  await insert(`insert into realizations (id, date, realized_pnl, fees, wins, losses, trades)
    select 'position:' || id || '@2', ${day}, pnl, 0.4, ${net} from TRADES`)
  await insert(`insert into fills (execution_id, order_id, symbol, side, quantity, price, fees, at)
    select 'x-' || i || '-' || side, 'o-' || i, symbol, side, 10, price, 0.2, closed - hours * interval '1 hour'
    from TRADES cross join (values ('buy', 3), ('sell', 0)) as sides (side, hours)`)
  await sql.unsafe(`delete from day_results; insert into day_results (date, realized_pnl, fees, wins, losses, trades)
    select date, sum(realized_pnl), sum(fees), sum(wins), sum(losses), sum(trades) from realizations group by date`)
  await rebuildGroupResults(sql)
  await run(
    sql,
    `insert into portfolio_snapshots (id, at, equity, cash, long_value, short_value, unrealized_pnl, open_positions)
     select 'portfolio:' || i || '@1', $1::timestamptz - i * interval '1 minute', 100000 + i % 5000, 60000, 40000, 0, i % 700, 3
     from generate_series($2::int, $3::int - 1) i on conflict do nothing`,
    [end, from, to],
  )
  // A server looks at its tables by itself now and then; the embedded database never does.
  if (kind === 'postgres') await sql.unsafe('analyze')
}

/** Whole stories with their events and hash chains, as trading writes them: nine events for a trade. @returns the number of events. */
export async function seedEvents(database: Database, trades: number): Promise<number> {
  const store = createEventStore(database, { chats: () => [], log: silent })
  const together = 50
  let events = 0
  for (let first = 0; first < trades; first += together) {
    const meta = {
      actor: 'system',
      correlationId: `seed-${first}`,
      causationId: null,
      occurredAt: new Date(simulationStart - 3_600_000).toISOString(),
    }
    await store.transact(meta, async (tx) => {
      const add = async <K extends StreamKind>(kind: K, id: string, added: readonly EventOf<K>[]) => {
        tx.append(await tx.load(kind, id), added)
        events += added.length
      }
      const ids = Array.from({ length: together }, (_, i) => `seed-${first + i}`)
      for (const kind of ['alert', 'proposal', 'order', 'position'] as const) await tx.loadMany(kind, ids)
      for (const [i, id] of ids.entries()) {
        const second = (first + i) % 3000
        const time = new Date(Date.UTC(2013, 9, 8, 15, 0, second)).toISOString()
        await add('alert', id, [alertReceived(second, { sourceId: id }), { type: 'AlertProposed', proposalId: id }])
        await add('proposal', id, [
          proposalOffered(second, { alertId: id, storyKey: id }),
          { type: 'ProposalApproved', version: 1, quantity: '100', by: 'console:local', at: time, orderId: id },
        ])
        await add('order', id, [
          orderPrepared(second, { proposalId: id }),
          { type: 'OrderSubmitted', attempt: 1, at: time },
          orderFilled(`x-${id}`, second),
        ])
        await add('position', id, [positionOpened(second), positionClosed(second + 60, '11.00')])
      }
    })
  }
  return events
}
