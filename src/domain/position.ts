import type { Side } from './alert.ts'
import {
  type DecimalString,
  decimal,
  divide,
  maximum,
  minimum,
  notional,
  type Price,
  price,
  type Quantity,
  quantity,
  roundHalfUp,
  type Usd,
  usd,
  zero,
} from './decimal.ts'
import type { Evolution } from './decision.ts'
import type { EntryContext } from './proposal.ts'
import { splitPrice } from './split.ts'

export type PositionSide = 'long' | 'short'
export const exitReasons = [
  'stop_loss',
  'take_profit',
  'trailing_stop',
  'time_exit',
  'session_close',
  'manual',
  'signal',
  'breaker',
  'kill',
  'external',
] as const
export type ExitReason = (typeof exitReasons)[number]
export const isExitReason = (word: string | null): word is ExitReason => exitReasons.some((reason) => reason === word)

export interface Position {
  readonly id: string
  readonly symbol: string
  readonly side: PositionSide
  readonly status: 'open' | 'closed'
  readonly quantity: Quantity
  /** The most it ever held, in today's shares (splits applied). */
  readonly peakQuantity: Quantity
  /** Average price of what was bought (short: sold) to open, fees apart; kept after the close. */
  readonly entryPrice: Price
  /** What the open quantity cost: entryPrice x quantity, but exact. */
  readonly cost: Usd
  /** Average price of what closed it so far; null before the first reduction. */
  readonly exitPrice: Price | null
  readonly exitQuantity: Quantity
  /** Before fees; fees are a line of their own. */
  readonly realizedPnl: Usd
  readonly fees: Usd
  /** Where the stop and the target should rest. */
  readonly stopLoss: Price | null
  readonly takeProfit: Price | null
  /** At the first fill: |entry - stop| x quantity; for results in R. */
  readonly initialStop: Price | null
  /** Maximum adverse and favourable excursion: the worst (<= 0) and best (>= 0) unrealized P&L seen, USD. */
  readonly mae: Usd
  readonly mfe: Usd
  readonly markPrice: Price | null
  readonly unprotected: boolean
  readonly context: EntryContext | null
  readonly category: string | null
  readonly proposalId: string | null
  readonly openedAt: string
  readonly closedAt: string | null
  readonly exitReason: ExitReason | null
}

/** A fill as the position sees it. */
export interface PositionFill {
  readonly orderId: string
  readonly executionId: string
  readonly side: Side
  readonly quantity: Quantity
  readonly price: Price
  readonly fees: Usd
  readonly at: string
}
export type StoredPositionFill = {
  readonly orderId: string
  readonly executionId: string
  readonly side: Side
  readonly quantity: DecimalString
  readonly price: DecimalString
  readonly fees: DecimalString
  readonly at: string
}

export type PositionEvent =
  | {
      readonly type: 'PositionOpened'
      readonly symbol: string
      readonly side: PositionSide
      readonly fill: StoredPositionFill
      readonly stopLoss: DecimalString | null
      readonly takeProfit: DecimalString | null
      readonly context: EntryContext | null
      readonly category: string | null
      readonly proposalId: string | null
    }
  | { readonly type: 'PositionChanged'; readonly fill: StoredPositionFill }
  | {
      readonly type: 'PositionClosed'
      readonly fill: StoredPositionFill
      readonly exitReason: ExitReason
      readonly mae: DecimalString
      readonly mfe: DecimalString
    }
  /** A look at the market: how the extremes survive a restart. */
  | { readonly type: 'PositionMarked'; readonly price: DecimalString; readonly mae: DecimalString; readonly mfe: DecimalString }
  | {
      readonly type: 'PositionStopsMoved'
      readonly stopLoss: DecimalString | null
      readonly takeProfit: DecimalString | null
      readonly reason: string
    }
  /** `ratio` new shares for each old one. */
  | { readonly type: 'PositionSplit'; readonly ratio: DecimalString; readonly at: string }
  /** Charged by the broker afterwards, also when it is closed already. USD, positive when paid. */
  | { readonly type: 'PositionFeeCharged'; readonly feeId: string; readonly amount: DecimalString; readonly at: string }
  | { readonly type: 'PositionUnprotected'; readonly at: string; readonly reason: string }
  | { readonly type: 'PositionProtected'; readonly at: string }

const unopened: Omit<Position, 'id'> = {
  symbol: '',
  side: 'long',
  status: 'open',
  quantity: quantity('0'),
  peakQuantity: quantity('0'),
  entryPrice: price('0'),
  cost: usd('0'),
  exitPrice: null,
  exitQuantity: quantity('0'),
  realizedPnl: usd('0'),
  fees: usd('0'),
  stopLoss: null,
  takeProfit: null,
  initialStop: null,
  mae: usd('0'),
  mfe: usd('0'),
  markPrice: null,
  unprotected: false,
  context: null,
  category: null,
  proposalId: null,
  openedAt: '',
  closedAt: null,
  exitReason: null,
}

/** Whether a fill of this side adds to it. */
export const grows = (side: PositionSide, fill: Side): boolean => (side === 'long') === (fill === 'buy')

function increase(state: Position, fill: StoredPositionFill): Position {
  const size = state.quantity.plus(quantity(fill.quantity)) as Quantity
  const cost = state.cost.plus(notional(price(fill.price), quantity(fill.quantity))) as Usd
  return {
    ...state,
    quantity: size,
    peakQuantity: maximum(state.peakQuantity, size) as Quantity,
    cost,
    entryPrice: divide(cost, size) as Price,
    fees: state.fees.plus(usd(fill.fees)) as Usd,
  }
}

/** Average-cost method: the share of the cost that leaves is realized against what the fill paid. */
function reduce(state: Position, fill: StoredPositionFill): Position {
  const size = quantity(fill.quantity)
  const left = state.quantity.minus(size) as Quantity
  // The last reduction takes the whole remaining cost, so that rounding never outlives the position.
  const leaving = left.eq(zero) ? state.cost : divide(state.cost.times(size), state.quantity)
  const paid = notional(price(fill.price), size)
  const gain = state.side === 'long' ? paid.minus(leaving) : leaving.minus(paid)
  const exitQuantity = state.exitQuantity.plus(size) as Quantity
  const exitBefore = state.exitPrice === null ? zero : notional(state.exitPrice, state.exitQuantity)
  return {
    ...state,
    quantity: left,
    cost: state.cost.minus(leaving) as Usd,
    realizedPnl: state.realizedPnl.plus(gain) as Usd,
    fees: state.fees.plus(usd(fill.fees)) as Usd,
    exitQuantity,
    exitPrice: divide(exitBefore.plus(paid), exitQuantity) as Price,
  }
}

export const positionEvolution: Evolution<Position, PositionEvent> = {
  initial: (id) => ({ id, ...unopened }),
  evolve(state, event) {
    switch (event.type) {
      case 'PositionOpened': {
        const stop = event.stopLoss === null ? null : price(event.stopLoss)
        const opened: Position = {
          ...state,
          symbol: event.symbol,
          side: event.side,
          stopLoss: stop,
          initialStop: stop,
          takeProfit: event.takeProfit === null ? null : price(event.takeProfit),
          context: event.context,
          category: event.category,
          proposalId: event.proposalId,
          openedAt: event.fill.at,
          markPrice: price(event.fill.price),
        }
        return increase(opened, event.fill)
      }
      case 'PositionChanged':
        return grows(state.side, event.fill.side) ? increase(state, event.fill) : reduce(state, event.fill)
      case 'PositionClosed':
        return {
          ...reduce(state, event.fill),
          status: 'closed',
          closedAt: event.fill.at,
          exitReason: event.exitReason,
          mae: usd(event.mae),
          mfe: usd(event.mfe),
          unprotected: false,
        }
      case 'PositionMarked':
        return { ...state, markPrice: price(event.price), mae: usd(event.mae), mfe: usd(event.mfe) }
      case 'PositionStopsMoved':
        return {
          ...state,
          stopLoss: event.stopLoss === null ? null : price(event.stopLoss),
          takeProfit: event.takeProfit === null ? null : price(event.takeProfit),
        }
      case 'PositionSplit': {
        const ratio = decimal(event.ratio)
        const scaled = (p: Price | null) => p && (divide(p, ratio) as Price)
        const long = state.side === 'long'
        return {
          ...state,
          quantity: state.quantity.times(ratio) as Quantity,
          peakQuantity: state.peakQuantity.times(ratio) as Quantity,
          exitQuantity: state.exitQuantity.times(ratio) as Quantity,
          entryPrice: divide(state.entryPrice, ratio) as Price,
          exitPrice: scaled(state.exitPrice),
          stopLoss: state.stopLoss && splitPrice(state.stopLoss, ratio, long ? 'down' : 'up'),
          takeProfit: state.takeProfit && splitPrice(state.takeProfit, ratio, long ? 'up' : 'down'),
          initialStop: scaled(state.initialStop),
          markPrice: scaled(state.markPrice),
        }
      }
      case 'PositionFeeCharged':
        return { ...state, fees: state.fees.plus(usd(event.amount)) as Usd }
      case 'PositionUnprotected':
        return { ...state, unprotected: true }
      case 'PositionProtected':
        return { ...state, unprotected: false }
    }
  },
}

/** Before fees. @param at the price it would close at. */
export function unrealizedPnl(position: Position, at: Price): Usd {
  const worth = notional(at, position.quantity)
  return (position.side === 'long' ? worth.minus(position.cost) : position.cost.minus(worth)) as Usd
}

/** Signed: what it adds to equity besides cash (a short is a debt). */
export const marketValue = (position: Position, at: Price): Usd =>
  (position.side === 'long' ? notional(at, position.quantity) : notional(at, position.quantity).times(decimal('-1'))) as Usd

/** The worst and the best unrealized P&L, this price included; kept to a millionth of a dollar, because it is a statistic. */
export function excursion(state: Position, at: Price): { readonly mae: Usd; readonly mfe: Usd } {
  const now = roundHalfUp(unrealizedPnl(state, at), 6)
  return { mae: minimum(state.mae, now) as Usd, mfe: maximum(state.mfe, now) as Usd }
}

/** The order side that reduces it. */
export const exitSide = (side: PositionSide): Side => (side === 'long' ? 'sell' : 'buy')
