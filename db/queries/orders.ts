import { and, asc, desc, eq, gte, type InferSelectModel, or, sql } from 'drizzle-orm'
import type { Order } from '../../src/domain/order.ts'
import type { ReadModel } from '../../src/ports/read-model.ts'
import { orders } from '../schema.ts'
import { type Queries, type Sql, textArray } from '../sql.ts'
import { first, statement } from '../statement.ts'
import { pageQuery, toPage } from './page.ts'

export function toOrder(row: InferSelectModel<typeof orders>): Order {
  const { streamVersion: _, bracketStopLoss: stopLoss, bracketTakeProfit: takeProfit, ...rest } = row
  return { ...rest, bracket: stopLoss && { stopLoss, takeProfit } }
}

// Written out like the partial indexes: the server has to see that the index holds all rows that are asked for.
const ended = sql`status in ('filled', 'canceled', 'expired', 'rejected', 'replaced')`
const working = sql`status not in ('filled', 'canceled', 'expired', 'rejected', 'replaced')`

const inOrder = [asc(orders.preparedAt), asc(orders.id)]
const id = sql.placeholder('id')
const byId = statement(orders, { where: eq(orders.id, id) })
const byBrokerId = statement(orders, { where: eq(orders.brokerOrderId, id), orderBy: [desc(orders.preparedAt)], limit: 1 })
const anyOf = (name: string) => sql`any(${sql.placeholder(name)}::text[])`
const knownAs = statement(orders, {
  where: sql`${orders.brokerOrderId} = ${anyOf('brokerIds')} or ${orders.clientOrderId} = ${anyOf('clientIds')}`,
  orderBy: [desc(orders.preparedAt)],
})
const allWorking = statement(orders, { where: working, orderBy: inOrder })
const isEntry = sql`role = 'entry'`
const bearing = statement(orders, { where: and(working, or(isEntry, eq(orders.symbol, sql.placeholder('symbol')))), orderBy: inOrder })
const ready = statement(orders, { where: and(working, sql`status = 'ready'`), orderBy: inOrder })
const entries = statement(orders, {
  where: and(isEntry, gte(orders.preparedAt, sql.placeholder('since'))),
  orderBy: [desc(orders.preparedAt), desc(orders.id)],
})

type Queried =
  | 'order'
  | 'orderByBrokerId'
  | 'ordersKnownAs'
  | 'orders'
  | 'workingOrders'
  | 'workingEntries'
  | 'readyOrders'
  | 'entriesSince'

export const orderQueries = (db: Queries, on: Sql): Pick<ReadModel, Queried> => ({
  order: (id) => first(byId(on, { id }), toOrder),
  orderByBrokerId: (id) => first(byBrokerId(on, { id }), toOrder),
  ordersKnownAs: async (brokerIds, clientIds) =>
    (await knownAs(on, { brokerIds: textArray(brokerIds), clientIds: textArray(clientIds) })).map(toOrder),
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
  workingOrders: async () => (await allWorking(on)).map(toOrder),
  // No symbol is called "".
  workingEntries: async (alsoOf = '') => (await bearing(on, { symbol: alsoOf })).map(toOrder),
  readyOrders: async () => (await ready(on)).map(toOrder),
  entriesSince: async (since) => (await entries(on, { since })).map(toOrder),
})
