import type { Settings } from '../../../config/settings.ts'
import { decimal, maximum, notional, type Price, type Quantity, text, tickPlaces, type Usd, zero } from '../../../domain/decimal.ts'
import { sharesBound } from '../../../domain/matching/shares-bound.ts'
import type { OrderTicket } from '../../../domain/order.ts'
import { hashText, uniform } from '../../../domain/random.ts'
import type { AccountView } from '../../../domain/risk/check.ts'
import type { SubmitResult } from '../../../ports/broker.ts'
import type { MarketFeed } from '../../../ports/market-feed.ts'
import type { Book } from './book.ts'
import { leftOf, type OrderRecord } from './records.ts'

export type Rejection = Extract<SubmitResult, { outcome: 'rejected' }>
export const rejected = (code: string, reason: string): Rejection => ({ outcome: 'rejected', code, reason })

const money = (value: Usd): string => `$${value.toFixed(2)}`

/** Equity = cash + what positions are worth (a short is a debt). Buying power = equity x margin, less positions and working entries. */
export function accountView(book: Book, feed: MarketFeed, margin: string): AccountView {
  let worth: Usd = zero as Usd
  let gross: Usd = zero as Usd
  for (const position of book.positions.values()) {
    const mark = feed.lastQuote(position.symbol)?.last ?? book.averagePrice(position)
    const value = notional(mark, position.quantity)
    worth = (position.side === 'long' ? worth.plus(value) : worth.minus(value)) as Usd
    gross = gross.plus(value) as Usd
  }
  const equity = book.account.cash.plus(worth) as Usd
  for (const order of book.allWorking()) if (!order.reducing) gross = gross.plus(notional(order.reservedPrice, leftOf(order))) as Usd
  const buyingPower = maximum(zero, equity.times(decimal(margin)).minus(gross)) as Usd
  return { equity, cash: book.account.cash, buyingPower }
}

const prices = (ticket: OrderTicket): readonly [string, Price | null][] => [
  ['limit price', ticket.limitPrice],
  ['stop price', ticket.stopPrice],
  ["bracket's stop", ticket.bracket?.stopLoss ?? null],
  ["bracket's target", ticket.bracket?.takeProfit ?? null],
]

/** Market, limit and stop orders, for the day or until canceled, in regular hours. */
const supported = ({ type, timeInForce, extendedHours }: OrderTicket): boolean =>
  type !== 'stop_limit' && type !== 'trailing_stop' && (timeInForce === 'day' || timeInForce === 'gtc') && !extendedHours

/** What is wrong with a ticket whatever the account holds. */
export function malformed(ticket: OrderTicket, feed: MarketFeed): Rejection | null {
  const { symbol, quantity } = ticket
  const security = feed.knownSecurity(symbol)
  if (!security) return rejected('unknown_symbol', `symbol ${symbol} is not known here`)
  if (!security.tradable) return rejected('not_tradable', `${symbol} cannot be traded`)
  if (!supported(ticket)) return rejected('unsupported_order', `${ticket.type} ${ticket.timeInForce} orders are not taken here`)
  if (quantity.lte(zero)) return rejected('invalid_quantity', `quantity must be above 0, not ${text(quantity)}`)
  if (ticket.type === 'limit' && ticket.limitPrice === null) return rejected('invalid_price', 'a limit order needs a limit price')
  if (ticket.type === 'stop' && ticket.stopPrice === null) return rejected('invalid_price', 'a stop order needs a stop price')
  for (const [name, value] of prices(ticket)) {
    if (value === null) continue
    if (value.lte(zero)) return rejected('invalid_price', `${name} must be above 0, not ${text(value)}`)
    const places = tickPlaces(value)
    if (!value.round(places).eq(value)) return rejected('sub_penny', `${name} ${text(value)} has more than ${places} decimals`)
  }
  return null
}

/** The price that an entry is reckoned with: its limit, or what the market asks. */
export function reckonedPrice(ticket: OrderTicket, feed: MarketFeed): Price | null {
  if (ticket.limitPrice !== null) return ticket.limitPrice
  const quote = feed.lastQuote(ticket.symbol)
  return quote && (ticket.side === 'buy' ? quote.ask : quote.bid)
}

/** Whether the broker takes an entry; null when it does. */
export function refuseEntry(ticket: OrderTicket, base: Price | null, book: Book, feed: MarketFeed, settings: Settings): Rejection | null {
  const { simulation } = settings
  const { symbol, side, bracket } = ticket
  if (base === null) return rejected('no_market', `there is no quote for ${symbol}`)
  const held = book.positions.get(symbol)
  if (held && (held.side === 'long') !== (side === 'buy'))
    return rejected('opposite_position', `a ${held.side} position of ${text(held.quantity)} ${symbol} is open: close it first`)
  if (side === 'sell' && feed.knownSecurity(symbol)?.shortable !== true)
    return rejected('not_shortable', `${symbol} cannot be sold short: no shares to borrow`)
  if (bracket) {
    const { stopLoss, takeProfit } = bracket
    const beyond = side === 'buy' ? stopLoss.gte(base) || takeProfit?.lte(base) : stopLoss.lte(base) || takeProfit?.gte(base)
    if (beyond) {
      const target = takeProfit ? text(takeProfit) : 'no target'
      return rejected('invalid_bracket', `stop ${text(stopLoss)} and target ${target} do not enclose the price ${text(base)}`)
    }
  }
  const cost = notional(base, ticket.quantity)
  const { buyingPower } = accountView(book, feed, simulation.margin)
  if (cost.gt(buyingPower)) return rejected('insufficient_buying_power', `needs ${money(cost)}, buying power is ${money(buyingPower)}`)
  if (uniform(simulation.seed, hashText(ticket.clientOrderId), 2) < simulation.reject_rate)
    return rejected('exchange_reject', 'the exchange rejected the order (a simulated failure)')
  return null
}

/** Shares that working orders are already set to close. */
export const sharesHeld = (orders: readonly OrderRecord[]): Quantity =>
  sharesBound(orders.filter((o) => o.reducing && o.status !== 'held').map((o) => ({ id: o.id, group: o.group, left: leftOf(o) })))

/** Whether the broker takes a reducing order; null when it does. */
export function refuseReducing(ticket: OrderTicket, book: Book): Rejection | null {
  const held = book.positions.get(ticket.symbol)
  if (!held || (held.side === 'long') !== (ticket.side === 'sell'))
    return rejected('insufficient_quantity', `there is no position in ${ticket.symbol} that a ${ticket.side} would reduce`)
  if (ticket.quantity.gt(held.quantity))
    return rejected(
      'insufficient_quantity',
      `asked for ${text(ticket.quantity)}, the position holds ${text(held.quantity)} ${ticket.symbol}`,
    )
  const bound = sharesHeld(book.working(ticket.symbol))
  const free = held.quantity.minus(bound)
  if (ticket.quantity.gt(free)) {
    const words = `asked for ${text(ticket.quantity)}, available ${text(maximum(free, zero))}: ${text(bound)} ${ticket.symbol} are held for orders`
    return rejected('held_for_orders', words)
  }
  return null
}
