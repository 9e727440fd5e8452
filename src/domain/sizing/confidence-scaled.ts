import { z } from 'zod'
import { decimal, divide, fromNumber, percentOf, text } from '../decimal.ts'
import { decimalLimit } from '../risk/limits.ts'
import { defineSizing } from './method.ts'

/** From `low_percent` for a confidence that may only just be traded, in a straight line to `high_percent` for certainty. */
export const sizing = defineSizing({
  name: 'confidence-scaled',
  settings: z.strictObject({
    low_percent: decimalLimit('0.01', '100', '2.5', '% of equity at the lowest confidence'),
    high_percent: decimalLimit('0.01', '100', '7.5', '% of equity at a confidence of 1'),
    from_confidence: z.number().min(0).max(0.99).default(0.7).meta({ description: '0 to 1: the confidence of the smallest size' }),
  }),
  size({ equity, entry, confidence }, { low_percent, high_percent, from_confidence }) {
    // A confidence that is none is the lowest.
    const share = Number.isFinite(confidence) ? Math.min(1, Math.max(0, (confidence - from_confidence) / (1 - from_confidence))) : 0
    const step = decimal(high_percent).minus(decimal(low_percent)).times(fromNumber(share, 6))
    const percent = decimal(low_percent).plus(step).round(2)
    return { shares: divide(percentOf(equity, percent), entry), because: `${text(percent)} % of equity for its confidence` }
  },
})
