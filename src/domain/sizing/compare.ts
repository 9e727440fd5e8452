import { type Decimal, decimal, divide, maximum, minimum, roundDown, type Usd, zero } from '../decimal.ts'
import type { Position } from '../position.ts'
import type { SizingInput, SizingMethod } from './method.ts'

/** A closed trade, as far as its size matters. */
export type PastTrade = Pick<Position, 'entryPrice' | 'initialStop' | 'realizedPnl' | 'fees' | 'exitQuantity' | 'context'>

/** What one's own trades would have come to with another size. All USD. */
export interface Comparison {
  readonly method: string
  /** Trades that it would have made: a size of nothing is none. */
  readonly trades: number
  readonly net: Usd
  /** The deepest fall below a peak so far; zero or more. */
  readonly deepest: Usd
  /** Equity after each trade, the start first. */
  readonly curve: readonly Usd[]
}

/**
 * The same trades in the same order, each as large as the method would have made it with the equity and the record of then;
 * no position larger than `mostPercent` of equity. Entries and exits stay as they were, so that only the size differs: what a
 * larger order would have moved is not in it, and neither are correlations, which the books do not keep.
 * @param trades closed ones, oldest first; one without a stop cannot be sized and counts nowhere
 */
export function compareSizing(
  sizing: { readonly method: SizingMethod; readonly settings: unknown },
  trades: readonly PastTrade[],
  start: Usd,
  mostPercent: Decimal,
): Comparison {
  const curve: Usd[] = [start]
  const results: Usd[] = []
  let [equity, peak, deepest, made] = [start, start, zero as Usd, 0]
  for (const trade of trades) {
    const input = inputOf(trade, equity, results)
    if (input === null) continue
    const wanted = sizing.method.size(input, sizing.settings).shares
    const cap = divide(equity.times(mostPercent).div(hundred), input.entry)
    const shares = roundDown(maximum(zero, minimum(wanted, cap)), 0)
    const result = shares.times(perShare(trade)) as Usd
    if (shares.gt(zero)) {
      made += 1
      results.unshift(result)
    }
    equity = equity.plus(result) as Usd
    peak = maximum(peak, equity) as Usd
    deepest = maximum(deepest, peak.minus(equity)) as Usd
    curve.push(equity)
  }
  return { method: sizing.method.name, trades: made, net: equity.minus(start) as Usd, deepest, curve }
}

const hundred = decimal('100')

/** What a share made, fees included. */
const perShare = ({ realizedPnl, fees, exitQuantity }: PastTrade): Decimal => divide(realizedPnl.minus(fees), exitQuantity)

function inputOf(trade: PastTrade, equity: Usd, results: readonly Usd[]): SizingInput | null {
  const { entryPrice: entry, initialStop: stop, exitQuantity, context } = trade
  if (stop === null || stop.eq(entry) || entry.lte(zero) || exitQuantity.lte(zero) || equity.lte(zero)) return null
  const confidence = context?.signalConfidence ?? Number.NaN
  return {
    equity,
    entry,
    stop,
    confidence,
    atr: context?.atr ?? null,
    rvol: context?.rvol ?? null,
    correlation: null,
    results: [...results],
  }
}
