import { asc, gte, sql } from 'drizzle-orm'
import { decimal, usd } from '../../src/domain/decimal.ts'
import type { ReadModel } from '../../src/ports/read-model.ts'
import { closedPositions, dayResults } from '../schema.ts'
import type { Queries } from '../sql.ts'

export const resultQueries = (db: Queries): Pick<ReadModel, 'dayResults' | 'resultsBy'> => ({
  dayResults: (since) => db.select().from(dayResults).where(gte(dayResults.date, since)).orderBy(asc(dayResults.date)),
  async resultsBy(group, since) {
    const { symbol, category, realizedPnl, fees, date } = closedPositions
    const name = group === 'symbol' ? sql<string>`${symbol}` : sql<string>`coalesce(${category}, 'none')`
    const rows = await db
      .select({
        name,
        realizedPnl: sql`sum(${realizedPnl})`.mapWith((v: string) => usd(decimal(v))),
        fees: sql`sum(${fees})`.mapWith((v: string) => usd(decimal(v))),
        trades: sql`count(*)`.mapWith(Number),
        wins: sql`count(*) filter (where ${realizedPnl} > ${fees})`.mapWith(Number),
      })
      .from(closedPositions)
      .where(gte(date, since))
      .groupBy(sql`1`)
      .orderBy(sql`2 desc, 1`)
    return rows
  },
})
