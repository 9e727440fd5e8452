import { z } from 'zod'
import { decimal, percentOf, zero } from '../../decimal.ts'
import { defineCheck, money } from '../check.ts'
import { percentText } from '../exposure.ts'
import { decimalLimit, missing } from '../limits.ts'

export const check = defineCheck({
  code: 'MAX_DRAWDOWN',
  tier: 'portfolio',
  limits: z.strictObject({
    percent: decimalLimit('0.1', '100', '15', '% below the highest equity so far from which nothing new is entered'),
    warn_percent: decimalLimit('0', '100', '10', '% below the highest equity from which cards say so'),
  }),
  transient: false,
  evaluate({ portfolio: { equity, highWater } }, { percent, warn_percent }) {
    if (equity === null || highWater === null || highWater.lte(zero)) return missing('highest equity so far')
    const fall = highWater.minus(equity)
    const actual = percentText(fall, highWater)
    if (fall.gte(percentOf(highWater, percent))) {
      const least = highWater.minus(percentOf(highWater, percent))
      const explain = `equity is ${actual} % below its peak of ${money(highWater)}; the limit is ${percent} %`
      return { limit: percent, actual, wouldPass: `equity above ${money(least)}`, explain }
    }
    if (fall.eq(zero) || fall.lt(percentOf(highWater, warn_percent))) return null
    return { warning: `equity is ${actual} % below its peak; at ${percent} % nothing new is entered` }
  },
  usage({ portfolio: { equity, highWater } }, { percent }) {
    if (equity === null || highWater === null || highWater.lte(zero)) return null
    const used = percentText(highWater.minus(equity), highWater)
    const explain = `${used} % below the peak of ${money(highWater)}; at most ${percent} %`
    return { label: 'Drawdown', used: decimal(used), limit: decimal(percent), unit: 'percent', explain }
  },
})
