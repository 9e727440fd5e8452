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

/** Pearson's correlation over the newest days that both have. */
export function correlation(a: DailyReturns, b: DailyReturns, window: number): Correlation {
  let [i, j, n] = [a.days.length - 1, b.days.length - 1, 0]
  let [sumA, sumB, sumAA, sumBB, sumAB] = [0, 0, 0, 0, 0]
  while (i >= 0 && j >= 0 && n < window) {
    const [dayA = 0, dayB = 0] = [a.days[i], b.days[j]]
    if (dayA === dayB) {
      const [x = 0, y = 0] = [a.values[i], b.values[j]]
      sumA += x
      sumB += y
      sumAA += x * x
      sumBB += y * y
      sumAB += x * y
      n += 1
    }
    if (dayA >= dayB) i -= 1
    if (dayB >= dayA) j -= 1
  }
  const [spreadA, spreadB] = [sumAA - (sumA * sumA) / n, sumBB - (sumB * sumB) / n]
  // What is left of rounding where nothing moves must not be taken for a movement.
  const moves = (spread: number, squares: number) => spread > squares * 1e-12
  if (n < 2 || !moves(spreadA, sumAA) || !moves(spreadB, sumBB)) return { coefficient: null, days: n }
  const coefficient = (sumAB - (sumA * sumB) / n) / Math.sqrt(spreadA * spreadB)
  return { coefficient: Math.max(-1, Math.min(1, coefficient)), days: n }
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
