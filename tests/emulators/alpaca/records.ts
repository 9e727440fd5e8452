import type { Side } from '../../../src/domain/alert.ts'
import type { Price, Quantity, Usd } from '../../../src/domain/decimal.ts'

export type AlpacaOrderType = 'market' | 'limit' | 'stop' | 'stop_limit' | 'trailing_stop'
export type AlpacaTimeInForce = 'day' | 'gtc' | 'opg' | 'cls' | 'ioc' | 'fok'
export type AlpacaOrderClass = 'simple' | 'bracket' | 'oco' | 'oto'

export interface OrderTimes {
  submittedAt: number
  updatedAt: number
  filledAt: number | null
  canceledAt: number | null
  expiredAt: number | null
  failedAt: number | null
  replacedAt: number | null
}

/** An order on Alpaca's books. Times are epoch milliseconds. */
export interface EmulatedOrder {
  readonly id: string
  /** Ascending in the order of submission. */
  readonly place: number
  readonly clientOrderId: string
  parentId: string | null
  readonly legRole: 'stop' | 'target' | null
  /** The order whose complete fill brings this leg to life; null once it works. */
  heldBy: string | null
  /** Orders of one group cancel each other. */
  readonly group: string | null
  readonly orderClass: AlpacaOrderClass
  readonly symbol: string
  readonly side: Side
  readonly type: AlpacaOrderType
  readonly timeInForce: AlpacaTimeInForce
  /** Dollars, when it was ordered so; the quantity is then reckoned from the quote. */
  readonly notional: Usd | null
  quantity: Quantity
  filled: Quantity
  /** Σ price × quantity of its executions, USD. */
  filledWorth: Usd
  limitPrice: Price | null
  stopPrice: Price | null
  readonly trailPrice: Price | null
  readonly trailPercent: string | null
  highWaterMark: Price | null
  /** A stop that fired. */
  triggered: boolean
  readonly extendedHours: boolean
  /** Whether it closes (all or part of) what was held when it was placed. */
  readonly closing: boolean
  /** One of Alpaca's words, or whatever a test wrote here. */
  status: string
  /** Per share, what it binds of the buying power while it works; 0 for a closing one. */
  readonly reservedPrice: Price
  readonly sliceLimit: Quantity | null
  readonly times: OrderTimes
  readonly replaces: string | null
  replacedBy: string | null
  liveFrom: number
  readonly expiresAt: number
  /** Until then no look-up finds it. */
  invisibleUntil: number
  /** Placed through the API, or by the user in Alpaca's own app. */
  readonly source: 'api' | 'app'
}

export interface EmulatedExecution {
  readonly executionId: string
  readonly orderId: string
  readonly symbol: string
  readonly side: Side
  readonly quantity: Quantity
  readonly price: Price
  readonly at: number
  /** Taken back, or replaced by a corrected one. */
  undone: boolean
}

/** An account activity as the wire has it. `at` orders them. */
export interface Activity {
  readonly id: string
  readonly activity_type: string
  readonly at: number
  readonly wire: Readonly<Record<string, unknown>>
}

export interface EmulatedAsset {
  readonly id: string
  readonly symbol: string
  name: string
  exchange: string
  status: 'active' | 'inactive'
  tradable: boolean
  marginable: boolean
  shortable: boolean
  easyToBorrow: boolean
  fractionable: boolean
}

export interface EmulatedQuote {
  readonly bid: Price
  readonly ask: Price
  readonly bidSize: number
  readonly askSize: number
  readonly at: number
}

const terminal: ReadonlySet<string> = new Set(['filled', 'canceled', 'expired', 'rejected', 'replaced'])
/** Alive, and yet nothing trades: the venue has stopped it, or has not taken it yet. */
const paused: ReadonlySet<string> = new Set(['done_for_day', 'stopped', 'suspended', 'calculated', 'accepted_for_bidding', 'pending_new'])

export const isOpen = (order: EmulatedOrder): boolean => !terminal.has(order.status)
/** Whether the venue lets it trade; a cancel or replace that is under way does not hinder it. */
export const isMatchable = (order: EmulatedOrder): boolean => isOpen(order) && !paused.has(order.status)
/** A replacement that the venue has not taken yet: it binds nothing, the order whose place it would take still does. */
export const isOffer = (order: EmulatedOrder): boolean => order.replaces !== null && order.status === 'pending_new'
export const leftOf = (order: EmulatedOrder): Quantity => order.quantity.minus(order.filled) as Quantity
