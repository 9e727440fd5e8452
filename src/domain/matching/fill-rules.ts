import type { Side } from '../alert.ts'
import { fromNumber, maximum, minimum, type Price, type Quantity, roundDown, roundUp, tickPlaces, zero } from '../decimal.ts'
import type { OrderType } from '../order.ts'

/**
 * THE fill rules of every simulated exchange in this project.
 *
 * - An order meets one bar with its half-spread. A quote is a bar whose open, high, low and close are equal.
 *   Bid = price - half-spread, ask = price + half-spread; buys trade at the ask, sells at the bid.
 * - An order only meets bars that start at or after the moment it became live: no look-ahead.
 * - Market: the open. Limit: the open when that is as good as the limit, else the limit when the bar reaches it.
 * - Stop: the open when the bar opens beyond the stop (a gap), else the stop when the bar reaches it. A stop that
 *   fired and was filled in part goes on as a market order.
 * - Prices are rounded to the tick, against the trader, but never beyond a limit.
 * - At most a share of the bar's volume (10 %), in whole shares, for all orders of the symbol together.
 * - The stop and the target reached in one bar: the stop. In the bar that completed an entry its stop may fire,
 *   its target may not.
 * - Legs are held until their entry is completely filled. One cancels the other; a partial fill of one shrinks the
 *   other by as much.
 */
export interface MatchBar {
  /** Start, epoch milliseconds. */
  readonly at: number
  readonly open: Price
  readonly high: Price
  readonly low: Price
  readonly close: Price
  readonly halfSpread: Price
  /** Whole shares that our orders may take together: see `participation`. */
  readonly available: number
}

export interface Terms {
  readonly side: Side
  readonly type: OrderType
  readonly limitPrice: Price | null
  readonly stopPrice: Price | null
  /** A stop that fired before. */
  readonly triggered: boolean
}

/** The share of a bar's volume that our orders may take. */
const participationShare = 0.1

/** Whole shares that our orders may take of a bar's volume. */
export const participation = (volume: number): number => Math.floor(volume * participationShare)

const roundAgainst = (side: Side, value: Price): Price =>
  (side === 'buy' ? roundUp(value, tickPlaces(value)) : roundDown(value, tickPlaces(value))) as Price

const seenBy = (side: Side, value: Price, halfSpread: Price): Price =>
  (side === 'buy' ? value.plus(halfSpread) : maximum(value.minus(halfSpread), zero)) as Price

/** The price at which an order trades in a bar, or null when it does not. @throws RangeError when a limit or stop order lacks its price. */
export function matchPrice(terms: Terms, bar: MatchBar): Price | null {
  const open = roundAgainst(terms.side, seenBy(terms.side, bar.open, bar.halfSpread))
  if (terms.type === 'market' || terms.triggered) return open
  if (terms.type === 'limit') return matchLimit(terms, bar, open)
  return matchStop(terms, bar, open)
}

function matchLimit({ side, limitPrice }: Terms, bar: MatchBar, open: Price): Price | null {
  if (limitPrice === null) throw new RangeError('a limit order has no limit price')
  const best = seenBy(side, side === 'buy' ? bar.low : bar.high, bar.halfSpread)
  if (side === 'buy') return open.lte(limitPrice) ? open : best.lte(limitPrice) ? limitPrice : null
  return open.gte(limitPrice) ? open : best.gte(limitPrice) ? limitPrice : null
}

function matchStop({ side, stopPrice }: Terms, bar: MatchBar, open: Price): Price | null {
  if (stopPrice === null) throw new RangeError('a stop order has no stop price')
  const worst = seenBy(side, side === 'buy' ? bar.high : bar.low, bar.halfSpread)
  const firstSeen = seenBy(side, bar.open, bar.halfSpread)
  if (side === 'sell') {
    if (firstSeen.lte(stopPrice)) return open
    return worst.lte(stopPrice) ? roundAgainst(side, stopPrice) : null
  }
  if (firstSeen.gte(stopPrice)) return open
  return worst.gte(stopPrice) ? roundAgainst(side, stopPrice) : null
}

/** Shares that trade: what is left of the order, or as many whole shares as there are. */
export const matchQuantity = (left: Quantity, available: number): Quantity =>
  minimum(left, fromNumber(Math.max(0, Math.floor(available)), 0)) as Quantity
