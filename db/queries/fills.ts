import { asc, desc, type InferSelectModel, sql } from 'drizzle-orm'
import type { FillRow, ReadModel } from '../../src/ports/read-model.ts'
import { fills } from '../schema.ts'
import { type Queries, textArray } from '../sql.ts'
import { pageQuery, toPage } from './page.ts'

const toFill = (row: InferSelectModel<typeof fills>): FillRow => row

export const fillQueries = (db: Queries): Pick<ReadModel, 'fills' | 'recentFills' | 'firstFillAt' | 'lastFillAt'> => ({
  async fills(orderIds) {
    const asked = sql`${fills.orderId} = any(${textArray(orderIds)}::text[])`
    return db.select().from(fills).where(asked).orderBy(asc(fills.at), asc(fills.executionId))
  },
  async recentFills(page) {
    const query = pageQuery(fills.at, fills.executionId, page)
    const rows = await db
      .select()
      .from(fills)
      .where(query.where)
      .orderBy(...query.order)
      .limit(query.limit)
    return toPage(rows, query, toFill, (row) => [row.at, row.executionId])
  },
  async firstFillAt() {
    const [row] = await db.select({ at: fills.at }).from(fills).orderBy(asc(fills.at), asc(fills.executionId)).limit(1)
    return row?.at ?? null
  },
  async lastFillAt() {
    const [row] = await db.select({ at: fills.at }).from(fills).orderBy(desc(fills.at), desc(fills.executionId)).limit(1)
    return row?.at ?? null
  },
})
