import type { Side } from './alert.ts'
import {
  type Decimal,
  type DecimalString,
  decimal,
  divide,
  notional,
  type Price,
  price,
  type Quantity,
  quantity,
  text,
  type Usd,
  usd,
  zero,
} from './decimal.ts'
import type { Evolution } from './decision.ts'
import { splitOrderPrices } from './split.ts'

export type OrderType = 'market' | 'limit' | 'stop' | 'stop_limit' | 'trailing_stop'
export type TimeInForce = 'day' | 'gtc' | 'ioc' | 'fok' | 'opg' | 'cls'
/** entry grows a position; stop and target are its protective legs; close shrinks it on demand. */
export type OrderRole = 'entry' | 'stop' | 'target' | 'close'
/**
 * ready: stored, not sent. sending: about to leave, or left without an answer yet. unknown: the answer was lost.
 * held: a leg that waits for its entry. The rest are the broker's words.
 */
export type OrderStatus =
  | 'ready'
  | 'sending'
  | 'unknown'
  | 'accepted'
  | 'held'
  | 'partially_filled'
  | 'pending_cancel'
  | 'filled'
  | 'canceled'
  | 'expired'
  | 'rejected'
  | 'replaced'

/** Without a target it is one-triggers-other: an entry that brings its stop alone. */
export interface Bracket {
  readonly stopLoss: Price
  readonly takeProfit: Price | null
}

/** Everything needed to send the order again, to the letter. */
export interface OrderTicket {
  readonly clientOrderId: string
  readonly symbol: string
  readonly side: Side
  readonly type: OrderType
  readonly quantity: Quantity
  readonly limitPrice: Price | null
  readonly stopPrice: Price | null
  /** How far a trailing stop stays behind, in percent of the best price since it rests; null for every other type. */
  readonly trailPercent: Decimal | null
  readonly timeInForce: TimeInForce
  /** May trade before the open and after the close: limit orders for the day only. */
  readonly extendedHours: boolean
  /** Legs sent with the order: on an entry both; on a `target` its stop too, as one-cancels-other. Null for a lone order. */
  readonly bracket: Bracket | null
}

export interface Order extends OrderTicket {
  readonly id: string
  readonly brokerOrderId: string | null
  readonly role: OrderRole
  readonly status: OrderStatus
  readonly proposalId: string | null
  readonly positionId: string | null
  /** The entry or protective pair this leg belongs to. */
  readonly parentId: string | null
  readonly filledQuantity: Quantity
  readonly filledAveragePrice: Price | null
  readonly fees: Usd
  readonly sendCount: number
  /** Broker execution ids already applied, so that a fill counts once. */
  readonly executions: readonly string[]
  /** Words of the broker for a rejection, ours for a cancellation. */
  readonly reason: string | null
  /** The price the decision was made at: slippage is measured from it. */
  readonly expectedPrice: Price | null
  readonly preparedAt: string
  readonly submittedAt: string | null
  readonly acceptedAt: string | null
  readonly endedAt: string | null
}

type StoredTicket = {
  readonly [K in keyof OrderTicket]: OrderTicket[K] extends string | boolean
    ? OrderTicket[K]
    : K extends 'bracket'
      ? { readonly stopLoss: DecimalString; readonly takeProfit: DecimalString | null } | null
      : null extends OrderTicket[K]
        ? DecimalString | null
        : DecimalString
}

/** One execution at the broker. */
export interface Fill {
  readonly executionId: string
  readonly quantity: Quantity
  readonly price: Price
  readonly fees: Usd
  readonly at: string
}
type StoredFill = {
  readonly executionId: string
  readonly quantity: DecimalString
  readonly price: DecimalString
  readonly fees: DecimalString
  readonly at: string
}

export type OrderEvent =
  | {
      readonly type: 'OrderPrepared'
      readonly ticket: StoredTicket
      readonly role: OrderRole
      readonly proposalId: string | null
      readonly positionId: string | null
      readonly expectedPrice: DecimalString | null
      readonly reason: string | null
      readonly at: string
    }
  /** Committed before the request leaves. */
  | { readonly type: 'OrderSubmitted'; readonly attempt: number; readonly at: string }
  | { readonly type: 'OrderOutcomeUnknown'; readonly reason: string }
  /** Certainly never arrived at the broker: it may be sent again, under the same id. */
  | { readonly type: 'OrderReturned'; readonly reason: string; readonly at: string }
  | { readonly type: 'OrderAccepted'; readonly brokerOrderId: string; readonly at: string }
  /** A leg that the broker created for us, or an order that somebody else placed. */
  | {
      readonly type: 'OrderAdopted'
      readonly ticket: StoredTicket
      readonly role: OrderRole
      readonly brokerOrderId: string
      readonly parentId: string | null
      readonly proposalId: string | null
      readonly positionId: string | null
      readonly held: boolean
      readonly at: string
    }
  /** A held leg began to work. */
  | { readonly type: 'OrderActivated'; readonly at: string }
  | ({ readonly type: 'OrderPartiallyFilled' } & StoredFill)
  | ({ readonly type: 'OrderFilled' } & StoredFill)
  | { readonly type: 'OrderCancelRequested'; readonly reason: string; readonly at: string }
  | { readonly type: 'OrderCanceled'; readonly at: string }
  | { readonly type: 'OrderExpired'; readonly at: string }
  | { readonly type: 'OrderRejected'; readonly reason: string; readonly at: string }
  | { readonly type: 'OrderReplaced'; readonly at: string }
  /** Its other leg was filled in part: at the broker it covers only what is left. */
  | { readonly type: 'OrderShrunk'; readonly quantity: DecimalString; readonly at: string }
  /** A split changed quantity and prices of a working order. */
  | { readonly type: 'OrderSplit'; readonly ratio: DecimalString }

export const storeTicket = (t: OrderTicket): StoredTicket => ({
  clientOrderId: t.clientOrderId,
  symbol: t.symbol,
  side: t.side,
  type: t.type,
  timeInForce: t.timeInForce,
  quantity: text(t.quantity),
  limitPrice: t.limitPrice && text(t.limitPrice),
  stopPrice: t.stopPrice && text(t.stopPrice),
  trailPercent: t.trailPercent && text(t.trailPercent),
  extendedHours: t.extendedHours,
  bracket: t.bracket && { stopLoss: text(t.bracket.stopLoss), takeProfit: t.bracket.takeProfit && text(t.bracket.takeProfit) },
})
/** Tickets stored before there were trailing stops and extended hours say nothing of them. */
type EarlierTicket = Omit<StoredTicket, 'trailPercent' | 'extendedHours'> & Partial<StoredTicket>
const parseTicket = (t: EarlierTicket): OrderTicket => ({
  ...t,
  quantity: quantity(t.quantity),
  limitPrice: t.limitPrice === null ? null : price(t.limitPrice),
  stopPrice: t.stopPrice === null ? null : price(t.stopPrice),
  trailPercent: t.trailPercent ? decimal(t.trailPercent) : null,
  extendedHours: t.extendedHours ?? false,
  bracket: t.bracket && {
    stopLoss: price(t.bracket.stopLoss),
    takeProfit: t.bracket.takeProfit === null ? null : price(t.bracket.takeProfit),
  },
})

const unprepared: Omit<Order, 'id'> = {
  clientOrderId: '',
  symbol: '',
  side: 'buy',
  type: 'market',
  quantity: quantity('0'),
  limitPrice: null,
  stopPrice: null,
  trailPercent: null,
  timeInForce: 'day',
  extendedHours: false,
  bracket: null,
  brokerOrderId: null,
  role: 'entry',
  status: 'ready',
  proposalId: null,
  positionId: null,
  parentId: null,
  filledQuantity: quantity('0'),
  filledAveragePrice: null,
  fees: usd('0'),
  sendCount: 0,
  executions: [],
  reason: null,
  expectedPrice: null,
  preparedAt: '',
  submittedAt: null,
  acceptedAt: null,
  endedAt: null,
}

function applyFill(state: Order, event: StoredFill, complete: boolean): Order {
  const size = quantity(event.quantity)
  const filled = state.filledQuantity.plus(size) as Quantity
  const before = state.filledAveragePrice === null ? zero : notional(state.filledAveragePrice, state.filledQuantity)
  return {
    ...state,
    filledQuantity: filled,
    filledAveragePrice: divide(before.plus(notional(price(event.price), size)), filled) as Price,
    fees: state.fees.plus(usd(event.fees)) as Usd,
    executions: [...state.executions, event.executionId],
    // A fill that arrives after the order ended still counts, and does not bring the order back to life.
    status: complete ? 'filled' : isTerminal(state) || state.status === 'pending_cancel' ? state.status : 'partially_filled',
    endedAt: complete ? event.at : state.endedAt,
  }
}

export const orderEvolution: Evolution<Order, OrderEvent> = {
  initial: (id) => ({ id, ...unprepared }),
  evolve(state, event) {
    switch (event.type) {
      case 'OrderPrepared':
        return {
          ...state,
          ...parseTicket(event.ticket),
          role: event.role,
          proposalId: event.proposalId,
          positionId: event.positionId,
          expectedPrice: event.expectedPrice === null ? null : price(event.expectedPrice),
          reason: event.reason,
          preparedAt: event.at,
          status: 'ready',
        }
      case 'OrderSubmitted':
        return { ...state, status: 'sending', sendCount: event.attempt, submittedAt: state.submittedAt ?? event.at }
      case 'OrderReturned':
        return { ...state, status: 'ready' }
      case 'OrderOutcomeUnknown':
        // A close keeps why it was asked for: the trade it ends will say so.
        return { ...state, status: 'unknown', reason: state.role === 'close' ? state.reason : event.reason }
      case 'OrderAccepted':
        return {
          ...state,
          brokerOrderId: event.brokerOrderId,
          acceptedAt: event.at,
          status: state.status === 'sending' || state.status === 'unknown' ? 'accepted' : state.status,
        }
      case 'OrderAdopted':
        return {
          ...state,
          ...parseTicket(event.ticket),
          role: event.role,
          brokerOrderId: event.brokerOrderId,
          parentId: event.parentId,
          proposalId: event.proposalId,
          positionId: event.positionId,
          status: event.held ? 'held' : 'accepted',
          preparedAt: event.at,
          acceptedAt: event.at,
        }
      case 'OrderActivated':
        return { ...state, status: 'accepted' }
      case 'OrderPartiallyFilled':
        return applyFill(state, event, false)
      case 'OrderFilled':
        return applyFill(state, event, true)
      case 'OrderCancelRequested':
        return { ...state, status: 'pending_cancel', reason: event.reason }
      case 'OrderCanceled':
        return { ...state, status: 'canceled', endedAt: event.at }
      case 'OrderExpired':
        return { ...state, status: 'expired', endedAt: event.at }
      case 'OrderRejected':
        return { ...state, status: 'rejected', reason: event.reason, endedAt: event.at }
      case 'OrderReplaced':
        return { ...state, status: 'replaced', endedAt: event.at }
      case 'OrderShrunk': {
        const size = quantity(event.quantity)
        const complete = state.filledQuantity.gte(size)
        return { ...state, quantity: size, ...(complete ? { status: 'filled', endedAt: event.at } : {}) }
      }
      case 'OrderSplit': {
        const ratio = decimal(event.ratio)
        const scaled = (p: Price | null) => p && (divide(p, ratio) as Price)
        return {
          ...state,
          ...splitOrderPrices(state, ratio),
          quantity: state.quantity.times(ratio) as Quantity,
          filledQuantity: state.filledQuantity.times(ratio) as Quantity,
          filledAveragePrice: scaled(state.filledAveragePrice),
          expectedPrice: scaled(state.expectedPrice),
        }
      }
    }
  },
}

const terminal: ReadonlySet<OrderStatus> = new Set(['filled', 'canceled', 'expired', 'rejected', 'replaced'])
export const isTerminal = (order: Pick<Order, 'status'>): boolean => terminal.has(order.status)
export const remaining = (order: Order): Quantity => order.quantity.minus(order.filledQuantity) as Quantity
