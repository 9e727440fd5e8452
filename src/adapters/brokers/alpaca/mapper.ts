import type { z } from 'zod'
import type { Side } from '../../../domain/alert.ts'
import { decimal, type Price, price, type Quantity, quantity, type Usd, usd, zero } from '../../../domain/decimal.ts'
import type { OrderTicket, OrderType, TimeInForce } from '../../../domain/order.ts'
import type { AccountView } from '../../../domain/risk/check.ts'
import type { BrokerOrder, BrokerOrderStatus, BrokerPosition } from '../../../ports/broker.ts'
import { type Family, type Kinship, roleOf } from './family.ts'
import type { positionsShape, WireAccount, WireActivity, WireOrder } from './schema.ts'

/** Alpaca's words for what an order is doing. A word that is not here stays as it came, and its symbol is left alone. */
const statuses: Readonly<Record<string, BrokerOrderStatus>> = {
  new: 'accepted',
  accepted: 'accepted',
  pending_new: 'accepted',
  accepted_for_bidding: 'accepted',
  held: 'held',
  partially_filled: 'partially_filled',
  pending_cancel: 'pending_cancel',
  pending_replace: 'pending_replace',
  done_for_day: 'paused',
  suspended: 'paused',
  stopped: 'paused',
  calculated: 'paused',
  filled: 'filled',
  canceled: 'canceled',
  expired: 'expired',
  rejected: 'rejected',
  replaced: 'replaced',
}
const types: ReadonlySet<string> = new Set<OrderType>(['market', 'limit', 'stop', 'stop_limit', 'trailing_stop'])
const times: ReadonlySet<string> = new Set<TimeInForce>(['day', 'gtc', 'ioc', 'fok', 'opg', 'cls'])
const ended: ReadonlySet<BrokerOrderStatus> = new Set<BrokerOrderStatus>(['filled', 'canceled', 'expired', 'rejected', 'replaced'])

export const hasEnded = ({ status }: Pick<BrokerOrder, 'status'>): boolean => ended.has(status)

/** Nanoseconds are cut: our own times have milliseconds. */
export const isoTime = (moment: string): string => new Date(moment).toISOString()

/** When an activity was written down; epoch milliseconds. */
export const momentOf = ({ transaction_time, created_at, date }: Pick<WireActivity, 'transaction_time' | 'created_at' | 'date'>): number =>
  Date.parse(transaction_time ?? created_at ?? date ?? '1970-01-01')

export const sideOf = (word: string | null): Side | null =>
  word === 'buy' ? 'buy' : word === 'sell' || word === 'sell_short' ? 'sell' : null

function statusOf(order: WireOrder, kin: Kinship | null, family: Family): BrokerOrderStatus {
  const known = types.has(order.type ?? order.order_type ?? '') && times.has(order.time_in_force) && sideOf(order.side) !== null
  const status = known ? (statuses[order.status] ?? 'unrecognized') : 'unrecognized'
  // Of a pair the stop goes on showing as held once it works: it waits at Alpaca instead of at the exchange.
  return status === 'held' && kin !== null && family.legsWork(kin.parentId) ? 'accepted' : status
}

const priceOrNull = (value: string | null): Price | null => (value === null ? null : price(value))

function ticketOf(order: WireOrder): OrderTicket {
  const type = order.type ?? order.order_type ?? ''
  const target = order.legs?.find((leg) => roleOf(leg) === 'target')
  const stop = order.legs?.find((leg) => roleOf(leg) === 'stop')
  const limitPrice = priceOrNull(order.limit_price)
  const stopLoss = priceOrNull(stop?.stop_price ?? null)
  return {
    clientOrderId: order.client_order_id ?? '',
    symbol: order.symbol ?? '',
    side: sideOf(order.side) ?? 'buy',
    type: types.has(type) ? (type as OrderType) : 'market',
    // An order in dollars has no quantity but what it has filled.
    quantity: quantity(order.qty ?? order.filled_qty ?? '0'),
    limitPrice,
    // Where a trailing stop stands just now is not what was asked for.
    stopPrice: type === 'trailing_stop' ? null : priceOrNull(order.stop_price),
    trailPercent: order.trail_percent === null ? null : decimal(order.trail_percent),
    timeInForce: times.has(order.time_in_force) ? (order.time_in_force as TimeInForce) : 'day',
    extendedHours: order.extended_hours ?? false,
    bracket: stopLoss && { stopLoss, takeProfit: order.order_class === 'oco' ? limitPrice : priceOrNull(target?.limit_price ?? null) },
  }
}

/** @param family says whose leg it is. */
export function toBrokerOrder(order: WireOrder, family: Family): BrokerOrder {
  const kin = family.kinshipOf(order)
  return {
    brokerOrderId: order.id,
    clientOrderId: order.client_order_id ?? '',
    parentBrokerOrderId: kin?.parentId ?? null,
    legRole: kin?.role ?? null,
    ticket: ticketOf(order),
    status: statusOf(order, kin, family),
    statusWord: order.status,
    replaces: order.replaces,
    filledQuantity: quantity(order.filled_qty ?? '0'),
    at: isoTime(order.submitted_at ?? order.created_at),
  }
}

const rank = (order: BrokerOrder): number => (order.legRole === 'target' ? 0 : 1)

/** An order and its legs, the target first. Of an order in several symbols only the parts are orders of ours: it has no symbol itself. */
export function withLegs(order: WireOrder, family: Family): { readonly order: BrokerOrder | null; readonly legs: readonly BrokerOrder[] } {
  family.learn(order)
  const legs = (order.legs ?? []).map((leg) => toBrokerOrder({ ...leg, legs: null }, family)).sort((a, b) => rank(a) - rank(b))
  return { order: order.symbol === null || order.symbol === '' ? null : toBrokerOrder(order, family), legs }
}

/** The same as one list, parents before their legs. */
export const flattened = (orders: readonly WireOrder[], family: Family): readonly BrokerOrder[] =>
  orders.flatMap((wire) => {
    const { order, legs } = withLegs(wire, family)
    return order ? [order, ...legs] : legs
  })

/** Shorts come with a negative quantity; here the side says it. */
export const toPosition = (held: z.infer<typeof positionsShape>[number]): BrokerPosition => ({
  symbol: held.symbol,
  side: held.side,
  quantity: quantity(held.qty).abs() as Quantity,
  averageEntryPrice: price(held.avg_entry_price),
})

/** Why nothing new may be bought or sold short, in words; null when nothing stands in the way. */
export function blockedBecause(account: WireAccount): string | null {
  if (account.status !== 'ACTIVE') return `the account is ${account.status}`
  if (account.account_blocked === true) return 'the account is blocked'
  if (account.trading_blocked === true) return 'trading is blocked for the account'
  return account.trade_suspended_by_user === true ? 'trading is suspended in the account settings' : null
}

/** An account that may not trade has nothing to buy with, whatever it is worth. */
export const toAccount = (account: WireAccount): AccountView => ({
  equity: usd(account.equity),
  cash: usd(account.cash),
  buyingPower: blockedBecause(account) === null ? usd(account.buying_power) : (zero as Usd),
  ...(account.currency !== null && { currency: account.currency }),
})
