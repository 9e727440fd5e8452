import { desc, getTableColumns, type InferSelectModel, lt, sql } from 'drizzle-orm'
import { decimal, type Usd } from '../../src/domain/decimal.ts'
import type { Standing } from '../../src/domain/risk/portfolio.ts'
import type { PortfolioSnapshot, ReadModel } from '../../src/ports/read-model.ts'
import { portfolioSnapshots } from '../schema.ts'
import { type Queries, run, type Sql } from '../sql.ts'

const { at, equity, cash, unrealizedPnl, openPositions } = getTableColumns(portfolioSnapshots)
const shown = { at, equity, cash, unrealizedPnl, openPositions }
type Shown = Pick<InferSelectModel<typeof portfolioSnapshots>, keyof typeof shown>
const toSnapshot = (row: Shown): PortfolioSnapshot => row

/** Trades and days that are read: more than any record or streak is judged by. */
const mostTrades = 100
const mostDays = 30

// One statement, so that its parts are of one moment. Money leaves as text: JSON would make floats of it.
const standingNow = `select
  coalesce(
    (select equity from portfolio_snapshots where at < $1::timestamptz order by at desc limit 1),
    (select equity from portfolio_snapshots where at >= $1::timestamptz order by at limit 1)
  )::text as day_start,
  (select equity from portfolio_snapshots order by equity desc limit 1)::text as high_water,
  (select coalesce(jsonb_agg(result::text), '[]') from (
    select realized_pnl - fees as result from closed_positions order by closed_at desc, position_id desc limit ${mostTrades}) trades) as results,
  (select coalesce(jsonb_agg(result::text), '[]') from (
    select realized_pnl - fees as result from day_results where date < $2::date and trades > 0 order by date desc limit ${mostDays}) days) as days,
  (select coalesce(jsonb_object_agg(symbol, sector), '{}') from securities where symbol in (
    select symbol from positions where status = 'open'
    union select symbol from orders
      where role = 'entry' and status not in ('filled', 'canceled', 'expired', 'rejected', 'replaced'))) as sectors`

const figure = (value: unknown): Usd | null => (value === null || value === undefined ? null : decimal(String(value)))
const figures = (values: unknown): readonly Usd[] => (values as readonly string[]).map((value) => decimal(value))

async function standing(connection: Sql, dayStart: string, date: string): Promise<Standing> {
  const [row] = await run(connection, standingNow, [dayStart, date])
  return {
    dayStart: figure(row?.['day_start']),
    highWater: figure(row?.['high_water']),
    results: figures(row?.['results']),
    days: figures(row?.['days']),
    sectors: new Map(Object.entries(row?.['sectors'] as Record<string, string>)),
  }
}

export const portfolioQueries = (db: Queries, connection: Sql): Pick<ReadModel, 'snapshots' | 'lastSnapshotBefore' | 'standing'> => ({
  standing: (dayStart, date) => standing(connection, dayStart, date),
  async snapshots(since, points) {
    // One index look-up per point of the line instead of a walk over all snapshots: `points` moments, evenly spread
    // between the first and the last snapshot, and at each the newest snapshot until then.
    const count = Math.max(2, Math.min(points, 2_000))
    const range = sql`(select min(at) as first, max(at) as last from portfolio_snapshots where at >= ${since}::timestamptz) range`
    const moment = sql`range.first + (range.last - range.first) * step / (${count - 1}::int)`
    const pick = db
      .select(shown)
      .from(portfolioSnapshots)
      .where(sql`${at} >= ${since}::timestamptz and ${at} <= ${moment}`)
      .orderBy(desc(at))
      .limit(1)
      .as('pick')
    const rows = await db
      .selectDistinct({
        at: pick.at,
        equity: pick.equity,
        cash: pick.cash,
        unrealizedPnl: pick.unrealizedPnl,
        openPositions: pick.openPositions,
      })
      .from(range)
      .crossJoin(sql`generate_series(0, ${count - 1}::int) step`)
      .crossJoinLateral(pick)
      .orderBy(pick.at)
    return rows.map(toSnapshot)
  },
  async lastSnapshotBefore(moment) {
    const [row] = await db.select(shown).from(portfolioSnapshots).where(lt(at, moment)).orderBy(desc(at)).limit(1)
    return row ? toSnapshot(row) : null
  },
})
