import { sessionAt } from '../domain/calendar.ts'
import { percentOf, type Quantity, roundDown, text, zero } from '../domain/decimal.ts'
import { isTerminal, type Order, type OrderTicket } from '../domain/order.ts'
import { prepareOrder, requestCancel } from '../domain/order-decisions.ts'
import { type ExitReason, exitSide, type Position } from '../domain/position.ts'
import type { EventMeta, Transaction } from '../ports/event-store.ts'
import type { CloseReport } from './app.ts'
import type { AppContext } from './context.ts'
import { clientOrderIdOf, isPartClose, partCloseId, shortId } from './ids.ts'

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
      const orderId = await closeAll(tx, working, position, reason, meta)
      closing.push({ positionId: position.id, symbol: position.symbol, orderId })
    }
  })
  return { closing, left }
}

/** A close of some shares that is under way does not stand for one of all: it gives way, unless it is at the broker, which is settled on sending. */
async function closeAll(
  tx: Transaction,
  working: readonly Order[],
  position: Position,
  reason: ExitReason,
  meta: EventMeta,
): Promise<string> {
  const under = await largeEnough(tx, working, position, position.quantity, meta)
  return under ?? prepareClose(tx, position, { reason, proposalId: null, at: meta.occurredAt })
}

/** A close under way of at least so many shares; smaller ones that were not sent yet give way. */
async function largeEnough(
  tx: Transaction,
  working: readonly Order[],
  position: Position,
  size: Quantity,
  meta: EventMeta,
): Promise<string | null> {
  const under = working.filter((order) => isCloseOf(order, position))
  const found = under.find((order) => isOfEverything(order) || order.quantity.gte(size))
  if (found) return found.id
  for (const part of under) {
    const stream = await tx.load('order', part.id)
    const canceled = requestCancel(stream.state, 'making way for a larger close', meta.occurredAt)
    if (stream.state.status === 'ready' && canceled.ok) tx.append(stream, canceled.events)
  }
  return null
}

/** The order that already closes this much of a position; null: there is none, and what is smaller has given way. */
export const closeUnderWay = async (tx: Transaction, position: Position, size: Quantity, meta: EventMeta): Promise<string | null> =>
  largeEnough(tx, await tx.read.workingOrders(), position, size, meta)

/**
 * Half the shares, at the market; refused while any close is under way, because then the half of what is unclear. The legs have to
 * let go of all shares meanwhile, so it is not begun while nothing trades: the half that stays would be without its stop all that time.
 * @param held what the one who asks believes is held: a second tap must not halve the half.
 */
export async function requestHalf(context: AppContext, position: Position, held: Quantity | null, meta: EventMeta): Promise<CloseReport> {
  const shut = sessionAt(context.clock.now()) !== 'regular'
  const halted = await context.market.isHalted(position.symbol).catch(() => false)
  return context.store.transact(meta, async (tx) => {
    await lockCloses(tx)
    const { state } = await tx.load('position', position.id)
    const { id, symbol } = state
    const left = (reason: string): CloseReport => ({ closing: [], left: [{ positionId: id, symbol, reason }] })
    if (state.status === 'closed') return left('already closed')
    if (shut || halted)
      return left(`${halted ? 'trading in it is halted' : 'the market is shut'}: its stop stays for all of it; Close sells all`)
    if (held !== null && !held.eq(state.quantity)) return left(`it is ${text(state.quantity)} now, not ${text(held)}`)
    if (closingOrder(await tx.read.workingOrders(), state)) return left('a close is under way already')
    const quantity = roundDown(percentOf(state.quantity, '50'), 0) as Quantity
    if (quantity.lte(zero)) return left('there is no half of one share')
    const orderId = await prepareClose(tx, state, { reason: 'manual', proposalId: null, quantity, at: meta.occurredAt })
    return { closing: [{ positionId: id, symbol, orderId }], left: [] }
  })
}

/** A close of everything, however much that is by then; others are of so many shares. */
export const isOfEverything = (order: Pick<Order, 'id' | 'proposalId'>): boolean => order.proposalId === null && !isPartClose(order.id)

const isCloseOf = (order: Order, position: Pick<Position, 'id'>): boolean =>
  order.role === 'close' && order.positionId === position.id && !isTerminal(order)

/** The close that is already under way for a position, if any. */
export const closingOrder = (working: readonly Order[], position: Pick<Position, 'id'>): Order | undefined =>
  working.find((order) => isCloseOf(order, position))

/** Two who ask at the same moment must see each other's close, or the position would be sold twice. */
export const lockCloses = (tx: Transaction): Promise<void> => tx.lock('closes')

export interface Closing {
  readonly reason: ExitReason
  /** The proposal that asked for it; null: everything is to go, however much it will be by then. */
  readonly proposalId: string | null
  /** Shares; all of it unless told. */
  readonly quantity?: Quantity
  readonly at: string
}

/** Prepares the close inside the caller's transaction, who holds `lockCloses`; returns its order id. */
export async function prepareClose(tx: Transaction, position: Position, { reason, proposalId, quantity, at }: Closing): Promise<string> {
  const id = quantity !== undefined && proposalId === null ? partCloseId(position.id) : `${position.id}-close-${shortId()}`
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
  trailPercent: null,
  extendedHours: false,
  timeInForce: 'day',
  bracket: null,
})
