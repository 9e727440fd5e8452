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
