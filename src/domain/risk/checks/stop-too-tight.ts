import { z } from 'zod'
import { decimal, percentOf } from '../../decimal.ts'
import { defineCheck } from '../check.ts'
import { percentText } from '../exposure.ts'
import { decimalLimit, priceText, tickDown, tickUp } from '../limits.ts'

export const check = defineCheck({
  code: 'STOP_TOO_TIGHT',
  tier: 'position',
  limits: z.strictObject({ percent: decimalLimit('0', '50', '2', '% of the entry price between entry and stop, at least') }),
  transient: false,
  evaluate({ request: { side, price, stopLoss } }, { percent }) {
    if (stopLoss === null) return null
    const distance = price.minus(stopLoss).abs()
    const least = percentOf(price, percent)
    if (distance.gte(least)) return null
    const actual = percentText(distance, price)
    return {
      limit: percent,
      actual,
      wouldPass:
        side === 'buy'
          ? `stop at most ${priceText(tickDown(price.minus(least)))}`
          : `stop at least ${priceText(tickUp(price.plus(least)))}`,
      explain: `the stop is ${actual} % away; at least ${decimal(percent).toFixed()} %`,
    }
  },
})
