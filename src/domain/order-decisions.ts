import { type Price, type Quantity, text } from './decimal.ts'
import { type Decision, decided, refused } from './decision.ts'
import {
  type Fill,
  isTerminal,
  type Order,
  type OrderEvent,
  type OrderRole,
  type OrderTicket,
  type StoredFill,
  storeTicket,
  type ToldStatus,
} from './order.ts'

export function prepareOrder(
  state: Order,
  intent: {
    ticket: OrderTicket
    role: OrderRole
    proposalId: string | null
    positionId: string | null
    expectedPrice: Price | null
    reason: string | null
  },
  at: string,
): Decision<OrderEvent> {
  if (state.preparedAt !== '') return refused('ORDER_EXISTS', 'this order was prepared before')
  return decided({
    type: 'OrderPrepared',
    ticket: storeTicket(intent.ticket),
    role: intent.role,
    proposalId: intent.proposalId,
    positionId: intent.positionId,
    expectedPrice: intent.expectedPrice && text(intent.expectedPrice),
    reason: intent.reason,
    at,
  })
}

/** Claims the right to send once: only a ready order, or one whose fate is unknown, may (again) be sent. */
export function submitOrder(state: Order, at: string): Decision<OrderEvent> {
  if (state.status !== 'ready' && state.status !== 'unknown') return refused('NOT_SENDABLE', `the order is ${state.status}`)
  return decided({ type: 'OrderSubmitted', attempt: state.sendCount + 1, at })
}

export function acceptOrder(state: Order, brokerOrderId: string, at: string): Decision<OrderEvent> {
  if (state.brokerOrderId === brokerOrderId) return decided()
  if (state.brokerOrderId !== null) throw new Error(`order ${state.id} is ${state.brokerOrderId} at the broker, not ${brokerOrderId}`)
  return decided({ type: 'OrderAccepted', brokerOrderId, at })
}

/** Applies an execution once. @throws Error when more is filled than was ordered: a broken invariant. */
export function fillOrder(state: Order, fill: Fill): Decision<OrderEvent> {
  if (state.executions.includes(fill.executionId)) return decided()
  const filled = state.filledQuantity.plus(fill.quantity)
  if (filled.gt(state.quantity)) throw new Error(`order ${state.id} filled ${text(filled)} of ${text(state.quantity)}`)
  return decided({ type: filled.eq(state.quantity) ? 'OrderFilled' : 'OrderPartiallyFilled', ...storeFill(fill) })
}

const storeFill = ({ executionId, reportedAs, at, ...figures }: Fill): StoredFill => ({
  executionId,
  ...(reportedAs ? { reportedAs } : {}),
  quantity: text(figures.quantity),
  price: text(figures.price),
  fees: text(figures.fees),
  at,
})

/** The broker took an execution back. @param fill what it was, under the id of the reversal; applies once. */
export function reverseFill(state: Order, fill: Fill, reverses: string): Decision<OrderEvent> {
  if (state.executions.includes(fill.executionId)) return decided()
  if (!state.executions.includes(reverses)) throw new Error(`order ${state.id} never had the execution ${reverses}`)
  return decided({ type: 'OrderFillReversed', reverses, ...storeFill(fill) })
}

const unclear: ReadonlySet<Order['status']> = new Set(['pending_replace', 'paused', 'unrecognized'])

/**
 * The broker's word for an order that has not ended. Working as usual is news only after a word that was not; what we asked to be
 * canceled stays so until it ends, but for a word that nobody knows.
 */
export function tellStatus(state: Order, status: ToldStatus, word: string, at: string): Decision<OrderEvent> {
  if (isTerminal(state) || (state.status === 'pending_cancel' && status !== 'unrecognized')) return decided()
  if (!unclear.has(status)) return unclear.has(state.status) ? decided({ type: 'OrderStatusTold', status, word, at }) : decided()
  if (state.status === status && state.statusWord === word) return decided()
  return decided({ type: 'OrderStatusTold', status, word, at })
}

/** The broker covers fewer shares with a protective order than was asked for; hearing it twice changes nothing. */
export function shrinkOrder(state: Order, size: Quantity, at: string): Decision<OrderEvent> {
  const protective = state.role === 'stop' || state.role === 'target'
  if (!protective || isTerminal(state) || size.gte(state.quantity) || size.lt(state.filledQuantity)) return decided()
  return decided({ type: 'OrderShrunk', quantity: text(size), at })
}

export function requestCancel(state: Order, reason: string, at: string): Decision<OrderEvent> {
  if (isTerminal(state)) return refused('ORDER_ENDED', `the order is already ${state.status}`)
  if (state.status === 'ready') return decided({ type: 'OrderCancelRequested', reason, at }, { type: 'OrderCanceled', at })
  if (state.status === 'pending_cancel') return decided()
  return decided({ type: 'OrderCancelRequested', reason, at })
}

/** The broker's word that an order ended; hearing it twice changes nothing. */
export function endOrder(
  state: Order,
  event: Extract<OrderEvent, { type: 'OrderCanceled' | 'OrderExpired' | 'OrderRejected' | 'OrderReplaced' }>,
): Decision<OrderEvent> {
  return isTerminal(state) ? decided() : decided(event)
}
