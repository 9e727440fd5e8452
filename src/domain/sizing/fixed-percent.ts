import { z } from 'zod'
import { divide, percentOf } from '../decimal.ts'
import { decimalLimit } from '../risk/limits.ts'
import { defineSizing } from './method.ts'

export const sizing = defineSizing({
  name: 'fixed-percent',
  settings: z.strictObject({ percent: decimalLimit('0.01', '100', '5', '% of equity in each position') }),
  size: ({ equity, entry }, { percent }) => ({
    shares: divide(percentOf(equity, percent), entry),
    because: `${percent} % of equity`,
  }),
})
