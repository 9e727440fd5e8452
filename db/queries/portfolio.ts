import { desc, getTableColumns, type InferSelectModel, lt, sql } from 'drizzle-orm'
import type { PortfolioSnapshot, ReadModel } from '../../src/ports/read-model.ts'
import { portfolioSnapshots } from '../schema.ts'
import type { Queries } from '../sql.ts'

const { at, equity, cash, unrealizedPnl, openPositions } = getTableColumns(portfolioSnapshots)
const shown = { at, equity, cash, unrealizedPnl, openPositions }
type Shown = Pick<InferSelectModel<typeof portfolioSnapshots>, keyof typeof shown>
const toSnapshot = (row: Shown): PortfolioSnapshot => row

export const portfolioQueries = (db: Queries): Pick<ReadModel, 'snapshots' | 'lastSnapshotBefore'> => ({
  async snapshots(since, points) {
    // One index look-up per point of the line instead of a walk over all snapshots: `points` moments, evenly spread
    // between the first and the last snapshot, and at each the newest snapshot until then.
    const count = Math.max(2, Math.min(points, 2_000))
    const moment = sql`span.first + (span.last - span.first) * step / (${count - 1}::int)`
    const chosen = sql`select distinct pick.id
      from (select min(at) as first, max(at) as last from portfolio_snapshots where at >= ${since}::timestamptz) span
      cross join generate_series(0, ${count - 1}::int) step
      cross join lateral (select id from portfolio_snapshots where at >= ${since}::timestamptz and at <= ${moment} order by at desc limit 1) pick`
    const rows = await db.select(shown).from(portfolioSnapshots).where(sql`${portfolioSnapshots.id} in (${chosen})`).orderBy(at)
    return rows.map(toSnapshot)
  },
  async lastSnapshotBefore(moment) {
    const [row] = await db.select(shown).from(portfolioSnapshots).where(lt(at, moment)).orderBy(desc(at)).limit(1)
    return row ? toSnapshot(row) : null
  },
})
