import { z } from 'zod'
import { type Decimal, decimal, divide, fromNumber, maximum, one, percentOf, zero } from '../decimal.ts'
import { decimalLimit } from '../risk/limits.ts'
import { defineSizing } from './method.ts'

/** What trades at many times its usual volume moves further than its average range says. */
const damping = (rvol: number | null): Decimal =>
  rvol === null || !Number.isFinite(rvol) ? one : fromNumber(Math.min(1, 2 / Math.max(rvol, 0.5)), 4)

/** Shares = equity at risk / (ATR x multiple): a calm share gets a larger position than a wild one. Without an ATR the stop's distance counts. */
export const sizing = defineSizing({
  name: 'volatility',
  settings: z.strictObject({
    percent: decimalLimit('0.01', '10', '0.5', '% of equity lost when the price moves against it by so many ATR'),
    atr_multiple: decimalLimit('0.1', '10', '1.5', 'ATR(14, daily) that count as the risk of a share'),
  }),
  size({ equity, entry, stop, atr, rvol }, { percent, atr_multiple }) {
    const range = atr !== null && Number.isFinite(atr) && atr > 0 ? fromNumber(atr, 6) : zero
    const away = entry.minus(stop).abs()
    const perShare = range.gt(zero) ? range.times(decimal(atr_multiple)) : away
    const damped = damping(rvol)
    const shares = divide(percentOf(equity, percent).times(damped), maximum(perShare, decimal('0.0001')))
    const slower = damped.lt(one) && rvol !== null ? `, less for ${rvol.toFixed(1)}x volume` : ''
    return { shares, because: `${percent} % at risk by ${range.gt(zero) ? 'ATR' : 'its stop'}${slower}` }
  },
})
