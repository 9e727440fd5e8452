import type { Side } from './alert.ts'
import {
  type Decimal,
  type DecimalString,
  decimal,
  fromNumber,
  maximum,
  minimum,
  type Price,
  percentOf,
  type Quantity,
  roundHalfUp,
  text,
  tickPlaces,
  type Usd,
  zero,
} from './decimal.ts'
import type { Proposal, ProposalTerms } from './proposal.ts'
import type { EntryRequest } from './risk/check.ts'
import { check as stopTooTight } from './risk/checks/stop-too-tight.ts'
import { check as stopTooWide } from './risk/checks/stop-too-wide.ts'
import { limitsOf, tickDown, tickUp } from './risk/limits.ts'
import type { ArmedCheck } from './risk/verdict.ts'

/** Exit distances as configured: multiples of ATR(14, daily), or % of the entry when there is no ATR. */
export interface ExitSettings {
  readonly stop_atr: DecimalString
  readonly target_atr: DecimalString
  readonly fallback_stop_percent: DecimalString
  readonly fallback_target_percent: DecimalString
}

export interface PlanInput {
  readonly side: Side
  /** Where it would trade now; put on the price grid, half up. */
  readonly entry: Price
  /** ATR(14, daily) in dollars; null, zero or not finite: the percentages apply. */
  readonly atr: number | null
  /** The alert's own levels. One on the wrong side of the entry is dropped; the stop is clamped like any other. */
  readonly stopLoss: Price | null
  readonly takeProfit: Price | null
  readonly exits: ExitSettings
  /** % that an approval covers beyond the entry. */
  readonly ceilingPercent: DecimalString
}

export interface TradePlan {
  readonly side: Side
  readonly limitPrice: Price
  /** The furthest price the approval covers: above the limit for a buy, below it for a sell. */
  readonly ceilingPrice: Price
  readonly stopLoss: Price
  readonly takeProfit: Price
}

/**
 * Entry, ceiling, stop and target, all on the price grid. The stop is clamped so that STOP_TOO_TIGHT and STOP_TOO_WIDE pass
 * at the limit and at the ceiling alike; the target lies beyond the ceiling. So a plan never denies itself.
 * @throws RangeError when the entry is not positive.
 */
export function plan(input: PlanInput, checks: readonly ArmedCheck[]): TradePlan {
  if (input.entry.lte(zero)) throw new RangeError(`entry must be above zero, not ${input.entry.toFixed()}`)
  const limitPrice = roundHalfUp(input.entry, tickPlaces(input.entry)) as Price
  if (limitPrice.lte(zero)) throw new RangeError(`entry ${input.entry.toFixed()} is below the smallest price increment`)
  const { side } = input
  const ceilingPrice = ceiling(side, limitPrice, coverable(input.ceilingPercent, checks))
  const stopLoss = stop(input, limitPrice, ceilingPrice, checks)
  const takeProfit = target(input, limitPrice, ceilingPrice, stopLoss)
  return { side, limitPrice, ceilingPrice, stopLoss, takeProfit }
}

/** One stop must suit limit and ceiling alike, so these are never further apart than half the room between the stop's bounds. */
function coverable(percent: DecimalString, checks: readonly ArmedCheck[]): DecimalString {
  const room = decimal(limitsOf(checks, stopTooWide).percent).minus(decimal(limitsOf(checks, stopTooTight).percent))
  return text(maximum(zero, minimum(decimal(percent), percentOf(room, '50'))))
}

/** Rounded toward the limit, so that the percentage is never exceeded. */
export function ceiling(side: Side, limit: Price, percent: DecimalString): Price {
  const room = percentOf(limit, percent)
  return side === 'buy' ? tickDown(limit.plus(room)) : tickUp(limit.minus(room))
}

/** `away` from the entry in the losing direction: below a buy, above a sell. */
const losing = (side: Side, entry: Decimal, away: Decimal): Decimal => (side === 'buy' ? entry.minus(away) : entry.plus(away))

function stop(input: PlanInput, limit: Price, furthest: Price, checks: readonly ArmedCheck[]): Price {
  const { side, stopLoss } = input
  const given = stopLoss?.gt(zero) && (side === 'buy' ? stopLoss.lt(limit) : stopLoss.gt(limit)) ? stopLoss : null
  const wanted = given ?? losing(side, limit, distance(input, limit, input.exits.stop_atr, input.exits.fallback_stop_percent))
  // Both bounds hold at the limit and at the ceiling: whichever of the two binds sooner counts.
  const { percent: tight } = limitsOf(checks, stopTooTight)
  const { percent: wide } = limitsOf(checks, stopTooWide)
  const at = (entry: Price, percent: DecimalString) => losing(side, entry, percentOf(entry, percent))
  if (side === 'buy') {
    const nearest = tickDown(minimum(at(limit, tight), at(furthest, tight)))
    const deepest = tickUp(maximum(at(limit, wide), at(furthest, wide)))
    return maximum(deepest, minimum(nearest, tickDown(wanted))) as Price
  }
  const nearest = tickUp(maximum(at(limit, tight), at(furthest, tight)))
  const deepest = tickDown(minimum(at(limit, wide), at(furthest, wide)))
  return minimum(deepest, maximum(nearest, tickUp(wanted))) as Price
}

function target(input: PlanInput, limit: Price, furthest: Price, stopAt: Price): Price {
  const { side, takeProfit, exits } = input
  const beyond = (p: Decimal) => p.gt(zero) && (side === 'buy' ? p.gt(furthest) : p.lt(furthest))
  if (takeProfit !== null) {
    const given = side === 'buy' ? tickDown(takeProfit) : tickUp(takeProfit)
    if (beyond(given)) return given
  }
  const risk = limit.minus(stopAt).abs()
  // A stop that the limits pushed outward takes the target along: never more at risk than to be won.
  const reward = maximum(distance(input, limit, exits.target_atr, exits.fallback_target_percent), risk)
  if (side === 'buy') return maximum(tickUp(limit.plus(reward)), tickUp(furthest.plus(risk))) as Price
  // A short cannot win more than the whole price: the last tenth is left.
  return tickUp(maximum(minimum(limit.minus(reward), furthest.minus(risk)), percentOf(furthest, '10')))
}

function distance(input: PlanInput, entry: Price, atrs: DecimalString, fallbackPercent: DecimalString): Decimal {
  const { atr } = input
  if (atr === null || !Number.isFinite(atr) || atr <= 0) return percentOf(entry, fallbackPercent)
  return fromNumber(Math.min(atr, 1_000_000), 8).times(decimal(atrs))
}

/** The terms of a card: a plan and its size. @param pricedAt ISO 8601 UTC. */
export const planTerms = (
  { limitPrice, ceilingPrice, stopLoss, takeProfit }: TradePlan,
  sized: { readonly quantity: Quantity; readonly sizedBy: string },
  version: number,
  pricedAt: string,
): ProposalTerms => ({
  version,
  quantity: sized.quantity,
  limitPrice,
  ceilingPrice,
  stopLoss,
  takeProfit,
  riskAmount: limitPrice.minus(stopLoss).abs().times(sized.quantity) as Usd,
  sizedBy: sized.sizedBy,
  pricedAt,
})

/**
 * What the order itself may pay: a little more than the market asks for (sell: less than it offers), so that it is filled at once, and
 * never more than was approved.
 */
export function entryLimit(
  { side, terms, revisedBy }: Pick<Proposal, 'side' | 'terms' | 'revisedBy'>,
  quote: { readonly bid: Price; readonly ask: Price },
  offsetPercent: DecimalString,
): Price {
  const { ceilingPrice } = terms
  // Whoever set a limit by hand meant that one.
  if (revisedBy !== null) return ceilingPrice
  if (side === 'buy') return minimum(ceilingPrice, tickUp(quote.ask.plus(percentOf(quote.ask, offsetPercent)))) as Price
  return maximum(ceilingPrice, tickDown(quote.bid.minus(percentOf(quote.bid, offsetPercent)))) as Price
}

/** What risk judges: the worst price that an approval of these terms covers. @param quantity fewer than offered, if so tapped. */
export const entryRequest = ({ id, symbol, side, terms, context }: Proposal, quantity: Quantity = terms.quantity): EntryRequest => ({
  proposalId: id,
  symbol,
  side,
  quantity,
  price: terms.ceilingPrice,
  stopLoss: terms.stopLoss,
  takeProfit: terms.takeProfit,
  confidence: context.signalConfidence,
})
