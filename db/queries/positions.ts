import { and, asc, desc, eq, type InferSelectModel, sql } from 'drizzle-orm'
import type { Position } from '../../src/domain/position.ts'
import type { ClosedTrade, ReadModel } from '../../src/ports/read-model.ts'
import { closedPositions, positions } from '../schema.ts'
import type { Queries, Sql } from '../sql.ts'
import { first, statement } from '../statement.ts'
import { pageQuery, toPage } from './page.ts'

export const toPosition = ({ streamVersion: _, ...position }: InferSelectModel<typeof positions>): Position => position
const toTrade = ({ streamVersion: _, date: __, ...trade }: InferSelectModel<typeof closedPositions>): ClosedTrade => trade

// Written out like the partial indexes: the server has to see that the index holds all rows that are asked for.
const isOpen = sql`status = 'open'`
const byStop = sql`exit_reason in ('stop_loss', 'trailing_stop')`

const id = sql.placeholder('id')
const symbol = sql.placeholder('symbol')
const byId = statement(positions, { where: eq(positions.id, id) })
const allOpen = statement(positions, { where: isOpen, orderBy: [asc(positions.openedAt), asc(positions.id)] })
const openOf = statement(positions, { where: and(isOpen, eq(positions.symbol, symbol)), orderBy: [asc(positions.openedAt)], limit: 1 })
const stopOuts = statement(closedPositions, {
  where: and(eq(closedPositions.symbol, symbol), byStop),
  orderBy: [desc(closedPositions.closedAt)],
  limit: 1,
})

type Queried = 'position' | 'openPositions' | 'openPosition' | 'positions' | 'lastStopOut' | 'trades'

export const positionQueries = (db: Queries, on: Sql): Pick<ReadModel, Queried> => ({
  position: (id) => first(byId(on, { id }), toPosition),
  openPositions: async () => (await allOpen(on)).map(toPosition),
  openPosition: (symbol) => first(openOf(on, { symbol }), toPosition),
  lastStopOut: (symbol) => first(stopOuts(on, { symbol }), (row) => row.closedAt),
  async positions({ status }, page) {
    const query = pageQuery(positions.openedAt, positions.id, page, status && eq(positions.status, status))
    const rows = await db
      .select()
      .from(positions)
      .where(query.where)
      .orderBy(...query.order)
      .limit(query.limit)
    return toPage(rows, query, toPosition, (row) => [row.openedAt, row.id])
  },
  async trades({ symbol }, page) {
    const ofSymbol = symbol === undefined ? undefined : eq(closedPositions.symbol, symbol)
    const query = pageQuery(closedPositions.closedAt, closedPositions.positionId, page, ofSymbol)
    const rows = await db
      .select()
      .from(closedPositions)
      .where(query.where)
      .orderBy(...query.order)
      .limit(query.limit)
    return toPage(rows, query, toTrade, (row) => [row.closedAt, row.positionId])
  },
})
