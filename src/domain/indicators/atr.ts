/** What the average true range needs of a bar. */
export interface RangeBar {
  readonly high: number
  readonly low: number
  readonly close: number
}

const trueRange = (bar: RangeBar, previous: RangeBar): number => Math.max(bar.high, previous.close) - Math.min(bar.low, previous.close)

/**
 * Average true range as TA-Lib defines it: the first value is the mean of the true ranges of bars 1..period
 * (bar 0 has none), then Wilder's smoothing.
 * @returns one value per bar from index `period` on; empty when there are too few bars.
 */
export function atr(bars: readonly RangeBar[], period = 14): readonly number[] {
  const values: number[] = []
  let sum = 0
  let previous: RangeBar | null = null
  for (const [index, bar] of bars.entries()) {
    if (previous) {
      const range = trueRange(bar, previous)
      const last = values.at(-1)
      if (last !== undefined) values.push((last * (period - 1) + range) / period)
      else {
        sum += range
        if (index === period) values.push(sum / period)
      }
    }
    previous = bar
  }
  return values
}

/** The newest average true range, or null when there are not `period` + 1 bars. */
export const lastAtr = (bars: readonly RangeBar[], period = 14): number | null => atr(bars, period).at(-1) ?? null
