import { randomUUID } from 'node:crypto'
import { divide, maximum, notional, type Price, type Quantity, type Usd, usd, zero } from '../../../src/domain/decimal.ts'
import type { Holding } from '../../../src/domain/matching/holding.ts'
import { sharesBound } from '../../../src/domain/matching/shares-bound.ts'
import { type NonTrade, nonTradeActivity } from './activities.ts'
import { AlpacaError, notFound } from './errors.ts'
import {
  type Activity,
  type EmulatedAsset,
  type EmulatedExecution,
  type EmulatedOrder,
  type EmulatedQuote,
  isOffer,
  isOpen,
  leftOf,
} from './records.ts'

/** What the account is allowed, and what its owner set in Alpaca's own app. */
export interface AccountFlags {
  status: string
  tradingBlocked: boolean
  accountBlocked: boolean
  shortingEnabled: boolean
  suspendTrade: boolean
  noShorting: boolean
  multiplier: '1' | '2' | '4'
}

/** Alpaca's books for one account: facts and look-ups, no rules. */
export class AlpacaBook {
  readonly accountId = randomUUID()
  /** Those of paper accounts begin with PA. */
  accountNumber = 'PA3EMULATED1'
  readonly orders = new Map<string, EmulatedOrder>()
  readonly positions = new Map<string, Holding>()
  readonly executions = new Map<string, EmulatedExecution>()
  readonly activities: Activity[] = []
  readonly assets = new Map<string, EmulatedAsset>()
  readonly quotes = new Map<string, EmulatedQuote>()
  /** The last price of each symbol, and that of the day before. */
  readonly marks = new Map<string, { last: Price; lastDay: Price }>()
  readonly halted = new Set<string>()
  readonly flags: AccountFlags = {
    status: 'ACTIVE',
    tradingBlocked: false,
    accountBlocked: false,
    shortingEnabled: true,
    suspendTrade: false,
    noShorting: false,
    multiplier: '2',
  }
  cash: Usd
  /** Equity at the last close. */
  lastEquity: Usd
  #places = 0
  readonly #byClientId = new Map<string, string>()

  constructor(cash: string) {
    this.cash = usd(cash)
    this.lastEquity = this.cash
  }

  nextPlace(): number {
    this.#places += 1
    return this.#places
  }
  asset(symbolOrId: string): EmulatedAsset | undefined {
    return this.assets.get(symbolOrId) ?? [...this.assets.values()].find(({ id }) => id === symbolOrId)
  }
  assetOf(symbol: string): EmulatedAsset {
    const found = this.assets.get(symbol)
    if (!found) throw new RangeError(`no asset ${symbol}`)
    return found
  }
  put(order: EmulatedOrder): EmulatedOrder {
    this.orders.set(order.id, order)
    this.#byClientId.set(order.clientOrderId, order.id)
    return order
  }
  /** @throws AlpacaError 404 */
  order(id: string): EmulatedOrder {
    const found = this.orders.get(id)
    if (!found) throw notFound(`order not found for ${id}`)
    return found
  }
  byClientId(clientOrderId: string): EmulatedOrder | undefined {
    const id = this.#byClientId.get(clientOrderId)
    return id === undefined ? undefined : this.orders.get(id)
  }
  /** By Alpaca's id or by the client's. @throws AlpacaError 404 */
  find(idOrClientId: string): EmulatedOrder {
    return this.byClientId(idOrClientId) ?? this.order(idOrClientId)
  }
  /** Those that were replaced have left the family. */
  legsOf(order: EmulatedOrder): readonly EmulatedOrder[] {
    return [...this.orders.values()].filter(({ parentId, status }) => parentId === order.id && status !== 'replaced')
  }
  open(symbol?: string): readonly EmulatedOrder[] {
    return [...this.orders.values()].filter((order) => isOpen(order) && (symbol === undefined || order.symbol === symbol))
  }
  executionsOf(order: EmulatedOrder): readonly EmulatedExecution[] {
    return [...this.executions.values()].filter(({ orderId, undone }) => orderId === order.id && !undone)
  }

  /** @throws AlpacaError 404 */
  position(symbolOrId: string): Holding {
    const held = this.positions.get(this.asset(symbolOrId)?.symbol ?? '')
    if (!held) throw notFound('position does not exist')
    return held
  }
  setPosition(held: Holding): void {
    if (held.quantity.eq(zero)) this.positions.delete(held.symbol)
    else this.positions.set(held.symbol, held)
  }
  /** Signed shares. */
  positionQuantity(symbol: string): Quantity {
    const held = this.positions.get(symbol)
    if (!held) return zero as Quantity
    return (held.side === 'long' ? held.quantity : zero.minus(held.quantity)) as Quantity
  }
  closingOrders(symbol: string): readonly EmulatedOrder[] {
    return this.open(symbol).filter((order) => order.closing && order.heldBy === null && !isOffer(order))
  }
  /** Shares that working orders are set to close, and that no other order may. */
  heldForOrders(symbol: string, except?: EmulatedOrder): Quantity {
    const closing = this.closingOrders(symbol).filter((o) => o !== except && (o.group === null || o.group !== except?.group))
    return sharesBound(closing.map((o) => ({ id: o.id, group: o.group, left: leftOf(o) })))
  }
  available(symbol: string): Quantity {
    const held = this.positions.get(symbol)?.quantity ?? zero
    return maximum(zero, held.minus(this.heldForOrders(symbol))) as Quantity
  }

  mark(held: Holding): Price {
    return this.marks.get(held.symbol)?.last ?? (divide(held.cost, held.quantity) as Price)
  }
  markTo(symbol: string, last: Price): void {
    this.marks.set(symbol, { last, lastDay: this.marks.get(symbol)?.lastDay ?? last })
  }
  /** Its own price, else what the market shows to its side. @throws RangeError when there is neither */
  priceFor(order: EmulatedOrder): Price {
    const quote = this.quotes.get(order.symbol)
    const market = quote && (order.side === 'buy' ? quote.ask : quote.bid)
    const found = order.limitPrice ?? order.stopPrice ?? market ?? this.marks.get(order.symbol)?.last
    if (!found) throw new RangeError(`no price for ${order.symbol}: name one`)
    return found
  }
  /** A fee, a deposit, interest…: cash changes by `netAmount`. */
  nonTrade(facts: NonTrade, at: number): void {
    this.activities.push(nonTradeActivity(facts, at))
    this.cash = this.cash.plus(usd(facts.netAmount)) as Usd
  }
  worth(side: Holding['side']): Usd {
    let sum: Usd = zero as Usd
    for (const held of this.positions.values()) if (held.side === side) sum = sum.plus(notional(this.mark(held), held.quantity)) as Usd
    return sum
  }
  equity(): Usd {
    return this.cash.plus(this.worth('long')).minus(this.worth('short')) as Usd
  }
  /** Equity × multiplier, less positions and working entries. */
  buyingPower(): Usd {
    let bound = this.worth('long').plus(this.worth('short'))
    for (const order of this.open()) if (!isOffer(order)) bound = bound.plus(notional(order.reservedPrice, leftOf(order)))
    return maximum(zero, this.equity().times(usd(this.flags.multiplier)).minus(bound)) as Usd
  }

  /** @throws AlpacaError 422 when it was used before, by an order alive or dead. */
  mustBeUnused(clientOrderId: string): void {
    if (this.#byClientId.has(clientOrderId)) throw new AlpacaError(422, 40010001, 'client_order_id must be unique')
  }
}
