import type { Side } from './alert.ts'
import { type Decimal, type DecimalString, decimal, type Price, price, type Quantity, quantity, text } from './decimal.ts'

export type OrderType = 'market' | 'limit' | 'stop' | 'stop_limit' | 'trailing_stop'
export type TimeInForce = 'day' | 'gtc' | 'ioc' | 'fok' | 'opg' | 'cls'
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

export type StoredTicket = {
  readonly [K in keyof OrderTicket]: OrderTicket[K] extends string | boolean
    ? OrderTicket[K]
    : K extends 'bracket'
      ? { readonly stopLoss: DecimalString; readonly takeProfit: DecimalString | null } | null
      : null extends OrderTicket[K]
        ? DecimalString | null
        : DecimalString
}

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
export const parseTicket = (t: EarlierTicket): OrderTicket => ({
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
