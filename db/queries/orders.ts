import { and, asc, desc, eq, gte, type InferSelectModel, or, sql } from 'drizzle-orm'
import type { Order } from '../../src/domain/order.ts'
import type { ReadModel } from '../../src/ports/read-model.ts'
import { orders } from '../schema.ts'
import type { Queries } from '../sql.ts'
import { pageQuery, toPage } from './page.ts'

export function toOrder(row: InferSelectModel<typeof orders>): Order {
  const { streamVersion: _, bracketStopLoss: stopLoss, bracketTakeProfit: takeProfit, ...rest } = row
  return { ...rest, bracket: stopLoss && takeProfit ? { stopLoss, takeProfit } : null }
}

// Written out like the partial indexes: the server has to see that the index holds all rows that are asked for.
const ended = sql`status in ('filled', 'canceled', 'expired', 'rejected', 'replaced')`
const working = sql`status not in ('filled', 'canceled', 'expired', 'rejected', 'replaced')`

type Queried =
  | 'order'
  | 'orderByBrokerId'
  | 'orderByClientId'
  | 'orders'
  | 'workingOrders'
  | 'workingEntries'
  | 'readyOrders'
  | 'entriesSince'

export function orderQueries(db: Queries): Pick<ReadModel, Queried> {
  const newestWith = async (column: typeof orders.brokerOrderId | typeof orders.clientOrderId, id: string) => {
    const [row] = await db.select().from(orders).where(eq(column, id)).orderBy(desc(orders.preparedAt)).limit(1)
    return row ? toOrder(row) : null
  }
  return {
    async order(id) {
      const [row] = await db.select().from(orders).where(eq(orders.id, id))
      return row ? toOrder(row) : null
    },
    orderByBrokerId: (id) => newestWith(orders.brokerOrderId, id),
    orderByClientId: (id) => newestWith(orders.clientOrderId, id),
    async orders({ open, proposalId }, page) {
      const ofProposal = proposalId === undefined ? undefined : eq(orders.proposalId, proposalId)
      const state = open === undefined ? undefined : open ? working : ended
      const query = pageQuery(orders.preparedAt, orders.id, page, and(ofProposal, state))
      const rows = await db
        .select()
        .from(orders)
        .where(query.where)
        .orderBy(...query.order)
        .limit(query.limit)
      return toPage(rows, query, toOrder, (row) => [row.preparedAt, row.id])
    },
    async workingOrders() {
      const rows = await db.select().from(orders).where(working).orderBy(asc(orders.preparedAt), asc(orders.id))
      return rows.map(toOrder)
    },
    async workingEntries(alsoOf) {
      const bearing = alsoOf === undefined ? sql`role = 'entry'` : or(sql`role = 'entry'`, eq(orders.symbol, alsoOf))
      const rows = await db.select().from(orders).where(and(working, bearing)).orderBy(asc(orders.preparedAt), asc(orders.id))
      return rows.map(toOrder)
    },
    async readyOrders() {
      const ready = and(working, sql`status = 'ready'`)
      const rows = await db.select().from(orders).where(ready).orderBy(asc(orders.preparedAt), asc(orders.id))
      return rows.map(toOrder)
    },
    async entriesSince(since) {
      const entries = and(sql`role = 'entry'`, gte(orders.preparedAt, since))
      const rows = await db.select().from(orders).where(entries).orderBy(desc(orders.preparedAt), desc(orders.id))
      return rows.map(toOrder)
    },
  }
}
