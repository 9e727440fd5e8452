import { type Decimal, decimal, divide, maximum, one, type Price, percentOf, type Quantity, roundDown, type Usd, zero } from '../decimal.ts'
import { type AccountView, money } from '../risk/check.ts'
import { check as buyingPowerCheck } from '../risk/checks/buying-power.ts'
import { positionCap, check as positionTooLarge } from '../risk/checks/position-too-large.ts'
import { limitsOf } from '../risk/limits.ts'
import type { ArmedCheck } from '../risk/verdict.ts'
import type { SizingInput, SizingMethod } from './method.ts'

export interface SizeRequest extends Omit<SizingInput, 'equity'> {
  /** The furthest price that the approval will cover: caps are taken at the dearer of this and `entry`. */
  readonly ceiling: Price
  readonly account: AccountView
  /** What the symbol has already, entries on their way included (`heldInSymbol`). */
  readonly held: Usd
  /** Stored entries that the broker has not yet taken off the buying power. */
  readonly unreserved: Usd
  /** Why only half of it may be traded, in words; null: all of it may. */
  readonly halvedBecause: string | null
}
export type Sized =
  | { readonly ok: true; readonly quantity: Quantity; readonly sizedBy: string }
  | { readonly ok: false; readonly code: 'NO_ROOM' | 'DATA_INVALID'; readonly reason: string }

interface Bound {
  readonly shares: Decimal
  readonly because: string
}

/**
 * The method's size, capped by the limits that risk will judge by, rounded down to whole shares.
 * `sizedBy` names what bound it; a size of nothing is an answer with a reason, never a proposal.
 */
export function size(
  request: SizeRequest,
  sizing: { readonly method: SizingMethod; readonly settings: unknown },
  checks: readonly ArmedCheck[],
): Sized {
  const { account, entry, stop } = request
  if (account.equity.lte(zero)) return { ok: false, code: 'DATA_INVALID', reason: `equity is ${money(account.equity)}` }
  if (entry.lte(zero) || stop.lte(zero) || entry.eq(stop))
    return { ok: false, code: 'DATA_INVALID', reason: `entry ${entry.toFixed()} and stop ${stop.toFixed()} cannot be sized` }
  const wanted = sizing.method.size({ equity: account.equity, entry, stop, confidence: request.confidence }, sizing.settings)
  const largest = [{ shares: wanted.shares, because: wanted.because }, ...caps(request, checks)].reduce((least, bound) =>
    bound.shares.lt(least.shares) ? bound : least,
  )
  const binding = request.halvedBecause === null ? largest : halved(largest, request.halvedBecause)
  const quantity = roundDown(binding.shares, 0) as Quantity
  if (quantity.lt(one)) return { ok: false, code: 'NO_ROOM', reason: `no room for a single share: ${binding.because}` }
  return { ok: true, quantity, sizedBy: binding.because }
}

/** Half of whatever the limits leave, so that it stays half when a limit is what binds. */
const halved = ({ shares, because }: Bound, why: string): Bound => ({
  shares: divide(shares, decimal('2')),
  because: `${why} of ${because}`,
})

function caps({ account, entry, ceiling, held, unreserved }: SizeRequest, checks: readonly ArmedCheck[]): readonly Bound[] {
  const dearest = maximum(entry, ceiling)
  const { cap, because } = positionCap(account.equity, limitsOf(checks, positionTooLarge))
  const { buffer_percent: buffer } = limitsOf(checks, buyingPowerCheck)
  const spendable = divide(account.buyingPower.minus(unreserved), decimal('1').plus(percentOf(one, buffer)))
  const already = held.gt(zero) ? `, of which ${money(held)} is held already` : ''
  return [
    { shares: divide(cap.minus(held), dearest), because: `the ${because}${already}` },
    { shares: divide(spendable, dearest), because: `the ${money(account.buyingPower)} of buying power` },
  ]
}
