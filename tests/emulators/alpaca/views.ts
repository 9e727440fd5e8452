import { type Decimal, divide, notional, type Price, roundHalfUp, text, zero } from '../../../src/domain/decimal.ts'
import type { Holding } from '../../../src/domain/matching/holding.ts'
import type { EmulatedAsset, EmulatedOrder } from './records.ts'

/** Alpaca writes nanoseconds; nothing here happens between two milliseconds, so the last digits tell orders apart. */
export const stamp = (ms: number, tail = 0): string => {
  const [seconds = '', milliseconds = ''] = new Date(ms).toISOString().replace('Z', '').split('.')
  return `${seconds}.${milliseconds}${String(tail % 1_000_000).padStart(6, '0')}Z`
}
const stampOrNull = (ms: number | null, tail: number): string | null => (ms === null ? null : stamp(ms, tail))
const textOrNull = (value: Decimal | null): string | null => value && text(value)

/** An order as the wire has it. @param legs null: not nested, or none. */
export function orderView(order: EmulatedOrder, legs: readonly EmulatedOrder[] | null, asset: EmulatedAsset): Record<string, unknown> {
  const { times, place } = order
  return {
    id: order.id,
    client_order_id: order.clientOrderId,
    created_at: stamp(times.submittedAt, place),
    updated_at: stamp(times.updatedAt, place),
    submitted_at: stamp(times.submittedAt, place),
    filled_at: stampOrNull(times.filledAt, place),
    expired_at: stampOrNull(times.expiredAt, place),
    canceled_at: stampOrNull(times.canceledAt, place),
    failed_at: stampOrNull(times.failedAt, place),
    replaced_at: stampOrNull(times.replacedAt, place),
    replaced_by: order.replacedBy,
    replaces: order.replaces,
    asset_id: asset.id,
    symbol: order.symbol,
    asset_class: 'us_equity',
    notional: textOrNull(order.notional),
    qty: order.notional ? null : text(order.quantity),
    filled_qty: text(order.filled),
    filled_avg_price: order.filled.gt(zero) ? text(roundHalfUp(divide(order.filledWorth, order.filled), 6)) : null,
    order_class: order.orderClass === 'simple' ? '' : order.orderClass,
    order_type: order.type,
    type: order.type,
    side: order.side,
    time_in_force: order.timeInForce,
    limit_price: textOrNull(order.limitPrice),
    stop_price: textOrNull(order.stopPrice),
    status: order.status,
    extended_hours: order.extendedHours,
    legs: legs && legs.length > 0 ? legs.map((leg) => orderView(leg, null, asset)) : null,
    trail_percent: order.trailPercent,
    trail_price: textOrNull(order.trailPrice),
    hwm: textOrNull(order.highWaterMark),
    subtag: null,
    source: order.source === 'app' ? 'trader_dashboard' : null,
    expires_at: stamp(order.expiresAt),
  }
}

export const assetView = (asset: EmulatedAsset): Record<string, unknown> => ({
  id: asset.id,
  class: 'us_equity',
  exchange: asset.exchange,
  symbol: asset.symbol,
  name: asset.name,
  status: asset.status,
  tradable: asset.tradable,
  marginable: asset.marginable,
  shortable: asset.shortable,
  easy_to_borrow: asset.easyToBorrow,
  borrow_status: asset.easyToBorrow ? 'easy_to_borrow' : 'hard_to_borrow',
  fractionable: asset.fractionable,
  margin_requirement_long: '30',
  margin_requirement_short: '30',
  attributes: [],
})

interface Marks {
  readonly current: Price
  readonly lastDay: Price
  /** Unsigned. */
  readonly available: Decimal
}
export function positionView(held: Holding, asset: EmulatedAsset, { current, lastDay, available }: Marks): Record<string, unknown> {
  const signed = (value: Decimal): string => text(held.side === 'long' ? value : zero.minus(value))
  const average = divide(held.cost, held.quantity)
  const worth = notional(current, held.quantity)
  const profit = held.side === 'long' ? worth.minus(held.cost) : held.cost.minus(worth)
  const share = (part: Decimal, whole: Decimal): string => text(whole.eq(zero) ? zero : roundHalfUp(divide(part, whole), 16))
  const dayMove = current.minus(lastDay).times(held.quantity)
  const intraday = held.side === 'long' ? dayMove : zero.minus(dayMove)
  return {
    asset_id: asset.id,
    symbol: held.symbol,
    exchange: asset.exchange,
    asset_class: 'us_equity',
    asset_marginable: asset.marginable,
    qty: signed(held.quantity),
    avg_entry_price: text(roundHalfUp(average, 6)),
    side: held.side,
    market_value: signed(worth),
    cost_basis: signed(held.cost),
    unrealized_pl: text(roundHalfUp(profit, 6)),
    unrealized_plpc: share(profit, held.cost),
    unrealized_intraday_pl: text(roundHalfUp(intraday, 6)),
    unrealized_intraday_plpc: share(intraday, lastDay.times(held.quantity)),
    current_price: text(current),
    lastday_price: text(lastDay),
    change_today: share(current.minus(lastDay), lastDay),
    qty_available: signed(available),
  }
}
