import { isTerminal, type Order, prepareOrder } from '../domain/order.ts'
import type { ExitReason, Position } from '../domain/position.ts'
import type { EventMeta, Transaction } from '../ports/event-store.ts'
import type { CloseReport } from './app.ts'
import type { AppContext } from './context.ts'
import { clientOrderIdOf, shortId } from './ids.ts'
import { closeTicket } from './place-order.ts'

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
    const working = await tx.read.workingOrders()
    for (const stale of positions) {
      const position = (await tx.load('position', stale.id)).state
      if (position.status === 'closed') {
        left.push({ positionId: position.id, symbol: position.symbol, reason: 'already closed' })
        continue
      }
      const orderId = closingOrder(working, position)?.id ?? (await prepareClose(tx, position, reason, meta.occurredAt))
      closing.push({ positionId: position.id, symbol: position.symbol, orderId })
    }
  })
  return { closing, left }
}

/** The close that is already under way for a position, if any. */
export const closingOrder = (working: readonly Order[], position: Pick<Position, 'id'>): Order | undefined =>
  working.find((order) => order.role === 'close' && order.positionId === position.id && !isTerminal(order))

/** Prepares the close inside the caller's transaction; returns its order id. */
export async function prepareClose(tx: Transaction, position: Position, reason: ExitReason, at: string): Promise<string> {
  const id = `${position.id}-close-${shortId()}`
  const stream = await tx.load('order', id)
  const ticket = closeTicket(position, clientOrderIdOf(id))
  const expectedPrice = position.markPrice
  const decision = prepareOrder(
    stream.state,
    { ticket, role: 'close', proposalId: null, positionId: position.id, expectedPrice, reason },
    at,
  )
  if (!decision.ok) throw new Error(decision.refusal.explain)
  tx.append(stream, decision.events)
  return id
}
