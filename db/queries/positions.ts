import { and, asc, desc, eq, type InferSelectModel, sql } from 'drizzle-orm'
import type { Position } from '../../src/domain/position.ts'
import type { ClosedTrade, ReadModel } from '../../src/ports/read-model.ts'
import { closedPositions, positions } from '../schema.ts'
import type { Queries } from '../sql.ts'
import { pageQuery, toPage } from './page.ts'

export const toPosition = ({ streamVersion: _, ...position }: InferSelectModel<typeof positions>): Position => position
const toTrade = ({ streamVersion: _, date: __, ...trade }: InferSelectModel<typeof closedPositions>): ClosedTrade => trade

// Written out like the partial indexes: the server has to see that the index holds all rows that are asked for.
const isOpen = sql`status = 'open'`
const byStop = sql`exit_reason in ('stop_loss', 'trailing_stop')`

type Queried = 'position' | 'openPositions' | 'openPosition' | 'positions' | 'lastStopOut' | 'trades'

export const positionQueries = (db: Queries): Pick<ReadModel, Queried> => ({
  async position(id) {
    const [row] = await db.select().from(positions).where(eq(positions.id, id))
    return row ? toPosition(row) : null
  },
  async openPositions() {
    const rows = await db.select().from(positions).where(isOpen).orderBy(asc(positions.openedAt), asc(positions.id))
    return rows.map(toPosition)
  },
  async openPosition(symbol) {
    const rows = db
      .select()
      .from(positions)
      .where(and(isOpen, eq(positions.symbol, symbol)))
    const [row] = await rows.orderBy(asc(positions.openedAt)).limit(1)
    return row ? toPosition(row) : null
  },
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
  async lastStopOut(symbol) {
    const { closedAt } = closedPositions
    const stops = and(eq(closedPositions.symbol, symbol), byStop)
    const [row] = await db.select({ closedAt }).from(closedPositions).where(stops).orderBy(desc(closedAt)).limit(1)
    return row?.closedAt ?? null
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
