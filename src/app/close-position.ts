import type { Quantity } from '../domain/decimal.ts'
import { isTerminal, type Order, type OrderTicket } from '../domain/order.ts'
import { prepareOrder } from '../domain/order-decisions.ts'
import { type ExitReason, exitSide, type Position } from '../domain/position.ts'
import type { EventMeta, Transaction } from '../ports/event-store.ts'
import type { CloseReport } from './app.ts'
import type { AppContext } from './context.ts'
import { clientOrderIdOf, shortId } from './ids.ts'

/**
 * Stores the intent to close; sending follows once the protective legs have let go of the shares. It asks nobody:
 * no approval, no quote, no session, no trading state. Asking again while a close is under way changes nothing.
 */
export async function requestClose(
  context: AppContext,
  positions: readonly Position[],
  reason: ExitReason,
  meta: EventMeta,
): Promise<CloseReport> {
  const closing: { positionId: string; symbol: string; orderId: string }[] = []
  const left: { positionId: string; symbol: string; reason: string }[] = []
  await context.store.transact(meta, async (tx) => {
    closing.length = 0
    left.length = 0
    await lockCloses(tx)
    const working = await tx.read.workingOrders()
    for (const stale of positions) {
      const position = (await tx.load('position', stale.id)).state
      if (position.status === 'closed') {
        left.push({ positionId: position.id, symbol: position.symbol, reason: 'already closed' })
        continue
      }
      const orderId =
        closingOrder(working, position)?.id ?? (await prepareClose(tx, position, { reason, proposalId: null, at: meta.occurredAt }))
      closing.push({ positionId: position.id, symbol: position.symbol, orderId })
    }
  })
  return { closing, left }
}

/** The close that is already under way for a position, if any. */
export const closingOrder = (working: readonly Order[], position: Pick<Position, 'id'>): Order | undefined =>
  working.find((order) => order.role === 'close' && order.positionId === position.id && !isTerminal(order))

/** Two who ask at the same moment must see each other's close, or the position would be sold twice. */
export const lockCloses = (tx: Transaction): Promise<void> => tx.lock('closes')

export interface Closing {
  readonly reason: ExitReason
  /** The proposal that asked for it; null: everything is to go, however much it will be by then. */
  readonly proposalId: string | null
  /** All of it unless told. */
  readonly quantity?: Quantity
  readonly at: string
}

/** Prepares the close inside the caller's transaction, who holds `lockCloses`; returns its order id. */
export async function prepareClose(tx: Transaction, position: Position, { reason, proposalId, quantity, at }: Closing): Promise<string> {
  const id = `${position.id}-close-${shortId()}`
  const stream = await tx.load('order', id)
  const ticket = closeTicket(position, quantity ?? position.quantity, clientOrderIdOf(id))
  const expectedPrice = position.markPrice
  const decision = prepareOrder(stream.state, { ticket, role: 'close', proposalId, positionId: position.id, expectedPrice, reason }, at)
  if (!decision.ok) throw new Error(decision.refusal.explain)
  tx.append(stream, decision.events)
  return id
}

/** At the market: getting out comes before the price. */
const closeTicket = (position: Position, quantity: Quantity, clientOrderId: string): OrderTicket => ({
  clientOrderId,
  symbol: position.symbol,
  side: exitSide(position.side),
  type: 'market',
  quantity,
  limitPrice: null,
  stopPrice: null,
  timeInForce: 'day',
  bracket: null,
})
