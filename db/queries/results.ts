import { and, asc, eq, gte, lt, or, type SQL, sql } from 'drizzle-orm'
import { decimal, usd } from '../../src/domain/decimal.ts'
import type { ReadModel } from '../../src/ports/read-model.ts'
import { dayResults, groupResults } from '../schema.ts'
import type { Queries } from '../sql.ts'

/** Days from `since` until a month begins, months until a year begins, and years from there: every trade once, in few rows. */
function spansSince(since: string): SQL | undefined {
  const { span, start } = groupResults
  const next = (unit: 'month' | 'year') => sql`(date_trunc(${unit}, ${since}::date - 1) + ('1 ' || ${unit})::interval)::date`
  const [month, year] = [next('month'), next('year')]
  return or(
    and(eq(span, 'day'), gte(start, since), lt(start, month)),
    and(eq(span, 'month'), gte(start, month), lt(start, year)),
    and(eq(span, 'year'), gte(start, year)),
  )
}

export const resultQueries = (db: Queries): Pick<ReadModel, 'dayResults' | 'resultsBy'> => ({
  dayResults: (since) => db.select().from(dayResults).where(gte(dayResults.date, since)).orderBy(asc(dayResults.date)),
  async resultsBy(group, since) {
    const { grouping, name, realizedPnl, fees, trades, wins } = groupResults
    return db
      .select({
        name,
        realizedPnl: sql`sum(${realizedPnl})`.mapWith((v: string) => usd(decimal(v))),
        fees: sql`sum(${fees})`.mapWith((v: string) => usd(decimal(v))),
        trades: sql`sum(${trades})`.mapWith(Number),
        wins: sql`sum(${wins})`.mapWith(Number),
      })
      .from(groupResults)
      .where(and(eq(grouping, group), spansSince(since)))
      .groupBy(name)
      .orderBy(sql`2 desc, 1`)
  },
})
