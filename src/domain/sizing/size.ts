import { decimal, divide, maximum, one, type Quantity, roundDown, zero } from '../decimal.ts'
import { money, type RiskContext, type Room } from '../risk/check.ts'
import type { ArmedCheck } from '../risk/verdict.ts'
import type { SizingInput, SizingMethod } from './method.ts'

export interface SizeRequest extends Omit<SizingInput, 'equity' | 'correlation' | 'results'> {
  /**
   * What risk will judge by, with a request for nothing yet: at the furthest price that the approval will cover and with the
   * stop that it will have.
   */
  readonly context: RiskContext
  /** Why only half of it may be traded, in words; null: all of it may. */
  readonly halvedBecause: string | null
}
export type Sized =
  | { readonly ok: true; readonly quantity: Quantity; readonly sizedBy: string }
  | { readonly ok: false; readonly code: 'NO_ROOM' | 'DATA_INVALID'; readonly reason: string }

/**
 * The method's size, capped by every limit that risk will judge by, rounded down to whole shares.
 * `sizedBy` names what bound it; a size of nothing is an answer with a reason, never a proposal.
 */
export function size(
  request: SizeRequest,
  sizing: { readonly method: SizingMethod; readonly settings: unknown },
  checks: readonly ArmedCheck[],
): Sized {
  const { context, entry, stop } = request
  const { account, portfolio } = context
  if (account === null) return { ok: false, code: 'DATA_INVALID', reason: 'no account' }
  if (account.equity.lte(zero)) return { ok: false, code: 'DATA_INVALID', reason: `equity is ${money(account.equity)}` }
  if (entry.lte(zero) || stop.lte(zero) || entry.eq(stop))
    return { ok: false, code: 'DATA_INVALID', reason: `entry ${entry.toFixed()} and stop ${stop.toFixed()} cannot be sized` }
  const known = { equity: account.equity, correlation: highestCorrelation(context), results: portfolio.results }
  const wanted = sizing.method.size({ ...request, ...known }, sizing.settings)
  const largest = rooms(request, checks).reduce<Room>((least, room) => (room.shares.lt(least.shares) ? room : least), wanted)
  const binding = request.halvedBecause === null ? largest : halved(largest, request.halvedBecause)
  const quantity = roundDown(maximum(zero, binding.shares), 0) as Quantity
  if (quantity.lt(one)) return { ok: false, code: 'NO_ROOM', reason: `no room for a single share: ${binding.because}` }
  return { ok: true, quantity, sizedBy: binding.because }
}

/** Half of whatever the limits leave, so that it stays half when a limit is what binds. */
const halved = ({ shares, because }: Room, why: string): Room => ({
  shares: divide(shares, decimal('2')),
  because: `${why} of ${because}`,
})

/** Caps are taken at the dearer of the ceiling and the entry. */
function rooms({ context, entry }: SizeRequest, checks: readonly ArmedCheck[]): readonly Room[] {
  const { request } = context
  const dearest = { ...context, request: { ...request, price: maximum(request.price, entry) } }
  return checks.flatMap(({ check, limits }) => check.room?.(dearest, limits) ?? [])
}

function highestCorrelation({ correlations }: RiskContext): number | null {
  const known = correlations.flatMap(({ coefficient }) => (coefficient === null ? [] : [coefficient]))
  return known.length === 0 ? null : Math.max(...known)
}
