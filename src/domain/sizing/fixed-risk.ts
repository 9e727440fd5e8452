import { z } from 'zod'
import { divide, percentOf } from '../decimal.ts'
import { decimalLimit } from '../risk/limits.ts'
import { defineSizing } from './method.ts'

/** Shares = equity at risk / distance to the stop: every stopped trade costs about the same. */
export const sizing = defineSizing({
  name: 'fixed-risk',
  settings: z.strictObject({ percent: decimalLimit('0.01', '10', '0.5', '% of equity lost when the stop is hit') }),
  size: ({ equity, entry, stop }, { percent }) => ({
    shares: divide(percentOf(equity, percent), entry.minus(stop).abs()),
    because: `${percent} % of equity at risk`,
  }),
})
