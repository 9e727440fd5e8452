import type { Side } from '../domain/alert.ts'
import type { DecimalString, Price, Quantity, Usd } from '../domain/decimal.ts'
import type { OrderRole, OrderStatus, OrderTicket } from '../domain/order.ts'
import type { AccountView } from '../domain/risk/check.ts'
import type { ClearedEntry, RiskReducing } from '../domain/risk/verdict.ts'
import type { SendPermit } from './leadership.ts'

/** Ours but for what happens before the broker has said anything. */
export type BrokerOrderStatus = Exclude<OrderStatus, 'ready' | 'sending' | 'unknown'>

/** An order as the broker tells it. Legs carry broker-made client ids and name their parent. */
export interface BrokerOrder {
  readonly brokerOrderId: string
  readonly clientOrderId: string
  readonly parentBrokerOrderId: string | null
  /** What the order is to its parent; null for an order that stands alone. */
  readonly legRole: Extract<OrderRole, 'stop' | 'target'> | null
  readonly ticket: OrderTicket
  readonly status: BrokerOrderStatus
  /** The broker's own word for it, kept as it came. */
  readonly statusWord: string
  /** The order whose place this one took, by its broker id. */
  readonly replaces: string | null
  readonly filledQuantity: Quantity
  readonly at: string
}

/**
 * One execution. `executionId` is unique at the broker for ever and the same from every source: where lists lack the broker's
 * own id, it is made of the order's id and the quantity filled so far, which only grows. Fees are charged per execution, USD.
 */
export interface BrokerExecution {
  readonly executionId: string
  /** The broker's own id of it, where it was told: corrections name it. */
  readonly reportedAs: string | null
  readonly brokerOrderId: string
  readonly symbol: string
  readonly side: Side
  readonly quantity: Quantity
  readonly price: Price
  readonly fees: Usd
  readonly at: string
}

export interface BrokerPosition {
  readonly symbol: string
  readonly side: 'long' | 'short'
  readonly quantity: Quantity
  readonly averageEntryPrice: Price
}

/** What can be read again from the broker's records. `at` is ISO 8601. */
export type BrokerActivity =
  | { readonly type: 'execution'; readonly execution: BrokerExecution }
  /** `ratio` new shares for one old; working orders and positions at the broker are already adjusted. */
  | { readonly type: 'split'; readonly id: string; readonly symbol: string; readonly ratio: DecimalString; readonly at: string }
  /** Charged afterwards, for the account: `amount` USD, positive when paid. `symbol` where the broker says for which. */
  | {
      readonly type: 'fee'
      readonly id: string
      readonly kind: 'commission' | 'regulatory' | 'other'
      readonly symbol: string | null
      readonly amount: Usd
      readonly at: string
    }
  /** An execution was taken back (`replacement` null) or changed. `corrects` is the execution's `reportedAs`. */
  | {
      readonly type: 'correction'
      readonly id: string
      readonly corrects: string
      readonly brokerOrderId: string
      readonly replacement: BrokerExecution | null
      readonly at: string
    }

/** What the broker tells without being asked. Delivery is at least once and may be late or missing: reconcile covers it. */
export type BrokerUpdate = { readonly type: 'order'; readonly order: BrokerOrder; readonly reason: string | null } | BrokerActivity

export const activityAt = (activity: BrokerActivity): string => (activity.type === 'execution' ? activity.execution.at : activity.at)

/** An update as it came: `key` is the same each time it is delivered, `raw` what was on the wire. */
export interface Received {
  readonly key: string
  readonly raw: unknown
}

/**
 * accepted: on the broker's books, with its legs. rejected: certainly not on them.
 * duplicate: an order with this client id is there already (from an earlier try): compare and adopt.
 * unknown: the answer was lost; only a look-up by client id can tell.
 */
export type SubmitResult =
  | { readonly outcome: 'accepted' | 'duplicate'; readonly order: BrokerOrder; readonly legs: readonly BrokerOrder[] }
  | { readonly outcome: 'rejected'; readonly code: string; readonly reason: string }
  | { readonly outcome: 'unknown'; readonly reason: string }

/** An adapter failure that is not about one order. */
export class BrokerError extends Error {
  override readonly name = 'BrokerError'
  readonly kind: 'retryable' | 'permanent' | 'unknown'
  constructor(kind: 'retryable' | 'permanent' | 'unknown', message: string) {
    super(message)
    this.kind = kind
  }
}

export interface Broker {
  readonly name: string
  readonly mode: 'sim' | 'paper' | 'live'
  /** True when an order that a look-up does not find certainly never arrived and never will: a broker in this very process. */
  readonly lookupsAreFinal: boolean
  /**
   * Starts the stream of updates. Updates of one order come in order; the listener's promise is awaited before the next.
   * @param missed called when the stream comes back after a break, or dropped something: reconciling finds what was not told.
   */
  connect(listener: (update: BrokerUpdate, received: Received | null) => Promise<void>, missed?: () => void): Promise<void>
  disconnect(): Promise<void>
  /** Whether updates can come in right now. */
  connected(): boolean
  account(): Promise<AccountView>
  positions(): Promise<readonly BrokerPosition[]>
  /** Working orders, held legs included. */
  openOrders(): Promise<readonly BrokerOrder[]>
  /** Orders of any status that were placed at or after a time (ISO 8601), legs included. */
  ordersSince(at: string): Promise<readonly BrokerOrder[]>
  /** The order and its legs, or null when the broker has none by this id. */
  orderByClientId(clientOrderId: string): Promise<{ readonly order: BrokerOrder; readonly legs: readonly BrokerOrder[] } | null>
  /** Executions, splits, fees and corrections at or after a time (ISO 8601), oldest first. */
  activitiesSince(at: string): Promise<readonly BrokerActivity[]>
  /**
   * There is no way in for an entry that was not judged. Never retries.
   * @param permit asked right before the order leaves, after every wait for a turn or a connection; while it has an obstacle,
   * nothing leaves, and the answer is `unknown` with that obstacle. The same goes for the other two ways of sending an order.
   */
  submitEntry(entry: ClearedEntry, permit?: SendPermit): Promise<SubmitResult>
  /** A close, a lone stop, or (a `limit` ticket with a bracket) a one-cancels-other pair. Never retries. */
  submitReducing(order: RiskReducing, permit?: SendPermit): Promise<SubmitResult>
  /** A request: the answer comes as an update. Asking for an order that has ended is no error. */
  cancel(brokerOrderId: string): Promise<void>
  /** One request for everything that works, protective legs as well. The answers come as updates; what was refused is returned in words. */
  cancelEverything(): Promise<readonly { readonly brokerOrderId: string; readonly reason: string }[]>
  /** Moves the price of a working protective order. The answer is the new order: the old one is `replaced`. */
  replace(
    brokerOrderId: string,
    change: { readonly clientOrderId: string; readonly stopPrice?: Price; readonly limitPrice?: Price; readonly quantity?: Quantity },
    permit?: SendPermit,
  ): Promise<SubmitResult>
}
