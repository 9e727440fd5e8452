import {
  type DecimalString,
  decimal,
  divide,
  notional,
  type Price,
  price,
  type Quantity,
  quantity,
  type Usd,
  usd,
  zero,
} from './decimal.ts'
import type { Evolution } from './decision.ts'
import { type OrderTicket, parseTicket, type StoredTicket } from './order-ticket.ts'
import { splitOrderPrices } from './split.ts'

export { type OrderTicket, type OrderType, storeTicket, type TimeInForce } from './order-ticket.ts'

/** entry grows a position; stop and target are its protective legs; close shrinks it on demand. */
export type OrderRole = 'entry' | 'stop' | 'target' | 'close'
/**
 * ready: stored, not sent. sending: about to leave, or left without an answer yet. unknown: the answer was lost.
 * held: a leg that waits for its entry. paused: neither working nor ended (done for the day, suspended, stopped, being
 * calculated). unrecognized: a word that nobody here knows; its symbol is left alone. The rest are the broker's words.
 */
export type OrderStatus =
  | 'ready'
  | 'sending'
  | 'unknown'
  | 'accepted'
  | 'held'
  | 'partially_filled'
  | 'pending_cancel'
  | 'pending_replace'
  | 'paused'
  | 'unrecognized'
  | 'filled'
  | 'canceled'
  | 'expired'
  | 'rejected'
  | 'replaced'

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
  /** The broker's own word, while the status alone does not say it: paused, being replaced, or not recognized. */
  readonly statusWord: string | null
  /** The price the decision was made at: slippage is measured from it. */
  readonly expectedPrice: Price | null
  readonly preparedAt: string
  readonly submittedAt: string | null
  readonly acceptedAt: string | null
  readonly endedAt: string | null
}

/** One execution at the broker. */
export interface Fill {
  readonly executionId: string
  readonly quantity: Quantity
  readonly price: Price
  readonly fees: Usd
  readonly at: string
  /** The broker's own id of it, where it was told: corrections name it. */
  readonly reportedAs?: string | null
}
export type StoredFill = {
  readonly executionId: string
  readonly reportedAs?: string | null
  readonly quantity: DecimalString
  readonly price: DecimalString
  readonly fees: DecimalString
  readonly at: string
}

/** What a broker may call an order between acceptance and end, besides what has an event of its own. */
export type ToldStatus = Extract<OrderStatus, 'accepted' | 'partially_filled' | 'pending_replace' | 'paused' | 'unrecognized'>

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
  /** The broker took an execution back: its figures, under an id of its own. */
  | ({ readonly type: 'OrderFillReversed'; readonly reverses: string } & StoredFill)
  /** The broker's word for an order that neither simply works nor has ended, or that works again after such a word. */
  | { readonly type: 'OrderStatusTold'; readonly status: ToldStatus; readonly word: string; readonly at: string }
  | { readonly type: 'OrderCancelRequested'; readonly reason: string; readonly at: string }
  | { readonly type: 'OrderCanceled'; readonly at: string }
  | { readonly type: 'OrderExpired'; readonly at: string }
  | { readonly type: 'OrderRejected'; readonly reason: string; readonly at: string }
  | { readonly type: 'OrderReplaced'; readonly at: string }
  /** Its other leg was filled in part: at the broker it covers only what is left. */
  | { readonly type: 'OrderShrunk'; readonly quantity: DecimalString; readonly at: string }
  /** A split changed quantity and prices of a working order. */
  | { readonly type: 'OrderSplit'; readonly ratio: DecimalString }

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
  statusWord: null,
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
    status: complete ? 'filled' : isTerminal(state) || keepsStatus.has(state.status) ? state.status : 'partially_filled',
    endedAt: complete ? event.at : state.endedAt,
  }
}

/** Its own words survive a fill: only the broker can say that a paused order works again. */
const keepsStatus: ReadonlySet<OrderStatus> = new Set(['pending_cancel', 'pending_replace', 'paused', 'unrecognized'])

/** What was taken back leaves the sums; what the order is stays the broker's to say. */
function reverseFill(state: Order, event: StoredFill): Order {
  const size = quantity(event.quantity)
  const left = state.filledQuantity.minus(size) as Quantity
  const before = state.filledAveragePrice === null ? zero : notional(state.filledAveragePrice, state.filledQuantity)
  return {
    ...state,
    filledQuantity: left,
    filledAveragePrice: left.lte(zero) ? null : (divide(before.minus(notional(price(event.price), size)), left) as Price),
    fees: state.fees.minus(usd(event.fees)) as Usd,
    executions: [...state.executions, event.executionId],
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
          // Canceled here without ever having been at the broker was our own conclusion: it is alive after all.
          ...(state.status === 'sending' || state.status === 'unknown' || state.status === 'canceled'
            ? { status: 'accepted', endedAt: null }
            : {}),
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
      case 'OrderStatusTold': {
        const plain = event.status === 'accepted' || event.status === 'partially_filled'
        return { ...state, status: event.status, statusWord: plain ? null : event.word }
      }
      case 'OrderFillReversed':
        return reverseFill(state, event)
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

/** USD per share that a price was worse than the one the decision was made at; negative is better. Null when none was named. */
export function slippageOf({ side, expectedPrice }: Pick<Order, 'side' | 'expectedPrice'>, paid: Price): Price | null {
  if (expectedPrice === null) return null
  return (side === 'buy' ? paid.minus(expectedPrice) : expectedPrice.minus(paid)) as Price
}
