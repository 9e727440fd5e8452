import { type Decimal, decimal, notional, type Price, type Usd, zero } from '../decimal.ts'
import { type Order, remaining } from '../order.ts'
import type { EntryRequest, RiskContext } from './check.ts'

/** What one share may cost: a sell may fill above its floor, but it is judged at the floor it names. */
export const requestNotional = ({ request }: RiskContext): Usd => notional(request.price, request.quantity)

/** What a share loses at its stop; without one that is on its losing side, all of it may go. */
export function riskPerShare({ side, price, stopLoss }: EntryRequest): Decimal {
  if (stopLoss === null) return price
  const loss = side === 'buy' ? price.minus(stopLoss) : stopLoss.minus(price)
  return loss.gt(zero) ? loss : price
}

/** What an unfilled entry may still cost. @param otherwise the price for an order that names none. */
export const openNotional = (order: Order, otherwise: Price): Usd =>
  notional(order.limitPrice ?? order.expectedPrice ?? otherwise, remaining(order))

/** What the request's symbol has already: its positions at the asked price, and entries on their way. */
export function heldInSymbol({ request, positions, workingOrders }: Pick<RiskContext, 'request' | 'positions' | 'workingOrders'>): Usd {
  const held = positions.filter((p) => p.symbol === request.symbol && p.status === 'open').map((p) => notional(request.price, p.quantity))
  const onTheWay = entriesOf(workingOrders, request.symbol).map((o) => openNotional(o, request.price))
  return total([...held, ...onTheWay]) as Usd
}

/** Entries that are stored but that the broker has not counted against buying power yet. */
export const unreserved = ({ workingOrders, request }: RiskContext): Usd =>
  total(workingOrders.filter((o) => o.role === 'entry' && o.brokerOrderId === null).map((o) => openNotional(o, request.price))) as Usd

const entriesOf = (orders: readonly Order[], symbol: string): readonly Order[] =>
  orders.filter((o) => o.role === 'entry' && o.symbol === symbol)
const total = (values: readonly Decimal[]): Decimal => values.reduce((sum, value) => sum.plus(value), zero)

/** Stop distance as % of the entry, for people; comparisons multiply instead, to stay exact. */
export const percentText = (part: Decimal, whole: Decimal): string =>
  whole.eq(zero) ? '0' : part.times(decimal('100')).div(whole).round(2).toFixed()
