import { type DecimalString, maximum, minimum, type Price, type Quantity, text, tickPlaces, type Usd, usd } from './decimal.ts'
import { type Decision, decided, type Refusal, refused } from './decision.ts'
import {
  type ExitReason,
  excursion,
  grows,
  type Position,
  type PositionEvent,
  type PositionFill,
  type StoredPositionFill,
} from './position.ts'
import type { EntryContext } from './proposal.ts'
import { priceText } from './risk/limits.ts'

const storeFill = (f: PositionFill): StoredPositionFill => ({
  orderId: f.orderId,
  executionId: f.executionId,
  side: f.side,
  at: f.at,
  quantity: text(f.quantity),
  price: text(f.price),
  fees: text(f.fees),
})

export interface Opening {
  readonly symbol: string
  readonly stopLoss: Price | null
  readonly takeProfit: Price | null
  readonly context: EntryContext | null
  readonly category: string | null
  readonly proposalId: string | null
}

export function openPosition(state: Position, fill: PositionFill, opening: Opening): Decision<PositionEvent> {
  if (state.openedAt !== '') throw new Error(`position ${state.id} is already open`)
  return decided({
    type: 'PositionOpened',
    symbol: opening.symbol,
    side: fill.side === 'buy' ? 'long' : 'short',
    fill: storeFill(fill),
    stopLoss: opening.stopLoss && text(opening.stopLoss),
    takeProfit: opening.takeProfit && text(opening.takeProfit),
    context: opening.context,
    category: opening.category,
    proposalId: opening.proposalId,
  })
}

/** The part of a fill that fits this position, and what is left over for a new one on the other side. */
export function splitFill(state: Position, fill: PositionFill): { readonly within: PositionFill; readonly beyond: PositionFill | null } {
  if (grows(state.side, fill.side) || fill.quantity.lte(state.quantity)) return { within: fill, beyond: null }
  const within = { ...fill, quantity: state.quantity }
  const beyond = { ...fill, quantity: fill.quantity.minus(state.quantity) as Quantity, fees: usd('0') }
  return { within, beyond }
}

/** @throws Error when the fill is larger than the position it reduces: use `splitFill` first. */
export function fillPosition(state: Position, fill: PositionFill, reason: ExitReason): Decision<PositionEvent> {
  if (state.status === 'closed') return refused('POSITION_CLOSED', 'the position is closed')
  if (grows(state.side, fill.side)) return decided({ type: 'PositionChanged', fill: storeFill(fill) })
  if (fill.quantity.gt(state.quantity)) throw new Error(`fill of ${text(fill.quantity)} exceeds position of ${text(state.quantity)}`)
  if (fill.quantity.lt(state.quantity)) return decided({ type: 'PositionChanged', fill: storeFill(fill) })
  const extremes = excursion(state, fill.price)
  return decided({ type: 'PositionClosed', fill: storeFill(fill), exitReason: reason, mae: text(extremes.mae), mfe: text(extremes.mfe) })
}

/** Only a new extreme is a fact worth keeping: a position that is held for months must not grow an event a minute. */
export function markPosition(state: Position, at: Price, extremes: { mae: Usd; mfe: Usd }): Decision<PositionEvent> {
  const mae = minimum(state.mae, extremes.mae)
  const mfe = maximum(state.mfe, extremes.mfe)
  if (state.status === 'closed' || (mae.eq(state.mae) && mfe.eq(state.mfe))) return decided()
  return decided({ type: 'PositionMarked', price: text(at), mae: text(mae), mfe: text(mfe) })
}

export function splitPosition(state: Position, ratio: DecimalString, at: string): Decision<PositionEvent> {
  if (state.status === 'closed') return decided()
  return decided({ type: 'PositionSplit', ratio, at })
}

/**
 * Whether a stop may go there: only toward profit, and not past the market, where it would sell at once.
 * @param market where the position could be closed now: the bid of a long, the ask of a short; null: unknown.
 */
export function checkStopMove(state: Position, stop: Price, market: Price | null): Refusal | null {
  const { side, stopLoss, symbol } = state
  if (state.status === 'closed') return { code: 'POSITION_CLOSED', explain: `the position in ${symbol} is closed` }
  if (stopLoss === null) return { code: 'NO_STOP', explain: `stop: ${symbol} has none to move; close it instead` }
  const long = side === 'long'
  if (!stop.round(tickPlaces(stop)).eq(stop))
    return { code: 'SUB_PENNY', explain: `stop: must be in steps of ${tickPlaces(stop) === 2 ? '$0.01' : '$0.0001'}, not $${text(stop)}` }
  if (long ? stop.lte(stopLoss) : stop.gte(stopLoss))
    return {
      code: 'STOP_AWAY_FROM_PROFIT',
      explain: `stop: must be ${long ? 'above' : 'below'} ${priceText(stopLoss)}, not ${priceText(stop)}: it only moves toward profit`,
    }
  if (market === null) return { code: 'DATA_INVALID', explain: `stop: no price of ${symbol} to compare it with` }
  if (long ? stop.gte(market) : stop.lte(market))
    return {
      code: 'STOP_PAST_MARKET',
      explain: `stop: must be ${long ? 'below' : 'above'} the market, ${priceText(market)}, not ${priceText(stop)}`,
    }
  return null
}

/** The broker holds the stop at another price now; hearing it twice changes nothing. */
export function moveStop(state: Position, stop: Price, reason: string): Decision<PositionEvent> {
  if (state.status === 'closed' || state.stopLoss?.eq(stop)) return decided()
  return decided({ type: 'PositionStopsMoved', stopLoss: text(stop), takeProfit: state.takeProfit && text(state.takeProfit), reason })
}
