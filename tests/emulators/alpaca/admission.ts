import { decimal, divide, maximum, notional, type Price, type Quantity, roundDown, text, zero } from '../../../src/domain/decimal.ts'
import type { AlpacaBook } from './book.ts'
import { forbidden, unprocessable } from './errors.ts'
import type { OrderForm } from './order-form.ts'
import { type EmulatedAsset, type EmulatedOrder, leftOf } from './records.ts'

/** What a form comes to once it was let in. */
export interface Admitted {
  readonly quantity: Quantity
  /** Whether it closes what is held. */
  readonly closing: boolean
  /** What it is reckoned with, per share; 0 when it binds nothing. */
  readonly reservedPrice: Price
}

/** Whether Alpaca takes an order, in the order in which it finds fault. @throws AlpacaError 403 or 422 */
export function admit(form: OrderForm, book: AlpacaBook): Admitted {
  const { flags } = book
  if (flags.status !== 'ACTIVE' || flags.tradingBlocked || flags.accountBlocked) throw forbidden('account is not authorized to trade')
  if (flags.suspendTrade) throw forbidden('new orders are rejected by user request')
  const asset = tradableAsset(form, book)
  const base = basePrice(form, book)
  const quantity = form.quantity ?? (roundDown(divide(form.notional ?? zero, base), 9) as Quantity)
  refuseFraction(form, quantity, asset)
  refuseBracket(form, base)
  const held = book.positions.get(form.symbol)
  const closing = held !== undefined && (held.side === 'long') === (form.side === 'sell')
  if (closing) refuseOverClose(form.symbol, quantity, book)
  else if (form.orderClass === 'oco') throw unprocessable('oco orders must be exit orders')
  refuseWash(form, book)
  if (closing) return { quantity, closing, reservedPrice: zero as Price }
  if (form.side === 'sell') refuseShort(form, quantity, asset, book)
  const cost = notional(base, quantity)
  const power = book.buyingPower()
  if (cost.gt(power)) throw forbidden('insufficient buying power', { buying_power: text(power), cost_basis: text(cost) })
  return { quantity, closing, reservedPrice: base }
}

function tradableAsset({ symbol }: OrderForm, book: AlpacaBook): EmulatedAsset {
  const asset = book.assets.get(symbol)
  if (!asset) throw unprocessable(`asset "${symbol}" not found`)
  if (asset.status !== 'active') throw unprocessable(`asset ${symbol} is not active`)
  if (!asset.tradable) throw unprocessable(`asset "${symbol}" is not tradable`)
  return asset
}

/** The price that an order is reckoned with: its own, else the market's. */
function basePrice({ symbol, side, limitPrice, stopPrice }: OrderForm, book: AlpacaBook): Price {
  const own = limitPrice ?? stopPrice
  if (own) return own
  const quote = book.quotes.get(symbol)
  const market = quote ? (side === 'buy' ? quote.ask : quote.bid) : book.marks.get(symbol)?.last
  if (!market || market.lte(zero)) throw unprocessable(`cannot get the price of ${symbol}`)
  return market
}

function refuseFraction(form: OrderForm, quantity: Quantity, asset: EmulatedAsset): void {
  if (quantity.round(0).eq(quantity) && form.notional === null) return
  if (!asset.fractionable) throw forbidden(`asset "${asset.symbol}" is not fractionable`)
}

const cent = decimal('0.01')
function refuseBracket({ orderClass, side, takeProfit, stopLoss }: OrderForm, base: Price): void {
  if (orderClass === 'simple') return
  // An OCO is judged from the position's side: its own limit is the target.
  const up = orderClass === 'oco' ? side === 'sell' : side === 'buy'
  const sign = (above: boolean): string => (above ? '>= base_price + 0.01' : '<= base_price - 0.01')
  const details = { base_price: text(base) }
  const target = orderClass === 'oco' ? null : takeProfit
  if (target && (up ? target.lt(base.plus(cent)) : target.gt(base.minus(cent))))
    throw unprocessable(`take_profit.limit_price must be ${sign(up)}`, details)
  const stop = stopLoss?.stopPrice
  if (stop && (up ? stop.gt(base.minus(cent)) : stop.lt(base.plus(cent))))
    throw unprocessable(`stop_loss.stop_price must be ${sign(!up)}`, details)
}

/** Shares that legs and other closing orders hold cannot be closed again. `except`: the order whose place it would take. */
export function refuseOverClose(symbol: string, quantity: Quantity, book: AlpacaBook, except?: EmulatedOrder): void {
  const held = book.positions.get(symbol)?.quantity ?? (zero as Quantity)
  const bound = book.heldForOrders(symbol, except)
  const available = maximum(zero, held.minus(bound))
  if (quantity.lte(available)) return
  throw forbidden(`insufficient qty available for order (requested: ${text(quantity)}, available: ${text(available)})`, {
    available: text(available),
    existing_qty: text(held),
    held_for_orders: text(bound),
    related_orders: book.closingOrders(symbol).map(({ id }) => id),
    symbol,
  })
}

/** An order that could trade with another one of the same account. Complex orders are exempt, as Alpaca itself says. */
function refuseWash(form: OrderForm, book: AlpacaBook): void {
  if (form.orderClass !== 'simple') return
  for (const other of book.open(form.symbol)) {
    if (other.side === form.side || other.heldBy !== null || leftOf(other).lte(zero)) continue
    if (form.type === 'limit' && other.type === 'limit' && form.limitPrice && other.limitPrice) {
      const [own, theirs] = [form.limitPrice, other.limitPrice]
      if (form.side === 'buy' ? own.lt(theirs) : own.gt(theirs)) continue
    }
    throw forbidden('potential wash trade detected. use complex orders', {
      existing_order_id: other.id,
      reject_reason: `opposite side ${other.type === 'limit' ? 'limit' : 'market/stop'} order exists`,
    })
  }
}

function refuseShort(form: OrderForm, quantity: Quantity, asset: EmulatedAsset, book: AlpacaBook): void {
  const { flags } = book
  if (form.notional !== null || !quantity.round(0).eq(quantity)) throw unprocessable('fractional orders cannot be sold short')
  if (!flags.shortingEnabled || flags.noShorting || flags.multiplier === '1') throw forbidden('account is not allowed to short')
  if (!asset.shortable || !asset.easyToBorrow) throw unprocessable(`asset "${asset.symbol}" cannot be sold short`)
}
