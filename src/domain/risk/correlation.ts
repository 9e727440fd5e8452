import type { Side } from '../alert.ts'
import { isTerminal, type Order } from '../order.ts'
import type { Position } from '../position.ts'

/** Daily returns, oldest first: a statistic, so in plain numbers. `days` are the days since 1970 that they end on. */
export interface DailyReturns {
  readonly days: Int32Array
  readonly values: Float64Array
}

const dayMs = 86_400_000

/** Logarithms of close to close. A day without a sound price gives no return, and neither does the one after it. */
export function dailyReturns(bars: readonly { readonly at: number; readonly close: number }[]): DailyReturns {
  const days: number[] = []
  const values: number[] = []
  for (let i = 1; i < bars.length; i++) {
    const [before, bar] = [bars[i - 1], bars[i]]
    if (!before || !bar) continue
    const value = Math.log(bar.close / before.close)
    if (!Number.isFinite(value)) continue
    days.push(Math.floor(bar.at / dayMs))
    values.push(value)
  }
  return { days: Int32Array.from(days), values: Float64Array.from(values) }
}

export interface Correlation {
  /** Pearson's coefficient, -1 to 1; null when one of both did not move, or there is nothing to compare. */
  readonly coefficient: number | null
  /** Days that both have, of the newest `window`. */
  readonly days: number
}

/** What is left of rounding where nothing moves must not be taken for a movement: a return of a ten-thousandth of a basis point. */
const still = 1e-16

/** Pearson's correlation over the newest days that both have. Means are carried along (Welford), so that no digits cancel out. */
export function correlation(a: DailyReturns, b: DailyReturns, window: number): Correlation {
  let [i, j, n] = [a.days.length - 1, b.days.length - 1, 0]
  let [meanA, meanB, spreadA, spreadB, shared] = [0, 0, 0, 0, 0]
  while (i >= 0 && j >= 0 && n < window) {
    const dayA = a.days[i] ?? 0
    const dayB = b.days[j] ?? 0
    if (dayA === dayB) {
      n += 1
      const fromA = (a.values[i] ?? 0) - meanA
      const fromB = (b.values[j] ?? 0) - meanB
      meanA += fromA / n
      meanB += fromB / n
      const offB = (b.values[j] ?? 0) - meanB
      spreadA += fromA * ((a.values[i] ?? 0) - meanA)
      spreadB += fromB * offB
      shared += fromA * offB
    }
    if (dayA >= dayB) i -= 1
    if (dayB >= dayA) j -= 1
  }
  if (n < 2 || spreadA < still || spreadB < still) return { coefficient: null, days: n }
  return { coefficient: Math.max(-1, Math.min(1, shared / Math.sqrt(spreadA * spreadB))), days: n }
}

/** How a new entry goes along with something that is held already. */
export interface HeldCorrelation extends Correlation {
  readonly symbol: string
}

/**
 * The correlation of an entry with each other symbol that is held or on its way, from the entry's point of view: what moves
 * against a short position moves with a long one, so that 1 always means "loses together".
 */
export function heldCorrelations(
  request: { readonly symbol: string; readonly side: Side },
  held: { readonly positions: readonly Position[]; readonly orders: readonly Order[] },
  returns: ReadonlyMap<string, DailyReturns>,
  window: number,
): readonly HeldCorrelation[] {
  const longs = new Map<string, boolean>()
  for (const order of held.orders) if (order.role === 'entry' && !isTerminal(order)) longs.set(order.symbol, order.side === 'buy')
  for (const position of held.positions) if (position.status === 'open') longs.set(position.symbol, position.side === 'long')
  longs.delete(request.symbol)
  const own = returns.get(request.symbol)
  return [...longs].map(([symbol, long]) => {
    const other = returns.get(symbol)
    if (!own || !other) return { symbol, coefficient: null, days: 0 }
    const { coefficient, days } = correlation(own, other, window)
    const together = long === (request.side === 'buy')
    return { symbol, coefficient: coefficient === null || together ? coefficient : 0 - coefficient, days }
  })
}
