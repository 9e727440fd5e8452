import { z } from 'zod'
import { type Decimal, decimal, divide, fromNumber, one, percentOf, text } from '../decimal.ts'
import { decimalLimit } from '../risk/limits.ts'
import { defineSizing } from './method.ts'

/** Whole below `from`, in a straight line down to `least` for what moves exactly alike. */
function shrink(correlation: number | null, from: number, least: number): Decimal {
  if (correlation === null || !Number.isFinite(correlation) || correlation <= from) return one
  return fromNumber(1 - ((Math.min(1, correlation) - from) / (1 - from)) * (1 - least), 4)
}

/** A fixed % of equity, and less of what moves with something that is held: it would add to the same bet. */
export const sizing = defineSizing({
  name: 'correlation-shrink',
  settings: z.strictObject({
    percent: decimalLimit('0.01', '100', '5', '% of equity in a position that moves with nothing else'),
    from_correlation: z
      .number()
      .min(-1)
      .max(0.99)
      .default(0.3)
      .meta({ description: '-1 to 1: the correlation from which a position shrinks' }),
    least: z.number().min(0).max(1).default(0.25).meta({ description: '0 to 1: part of the size that is left at a correlation of 1' }),
  }),
  size({ equity, entry, correlation }, { percent, from_correlation, least }) {
    const part = shrink(correlation, from_correlation, least)
    const share = decimal(percent).times(part).round(2)
    const why = part.lt(one) && correlation !== null ? `, less for a correlation of ${correlation.toFixed(2)}` : ''
    return { shares: divide(percentOf(equity, share), entry), because: `${text(share)} % of equity${why}` }
  },
})
