import { z } from 'zod'
import { decimal, divide, percentOf, zero } from '../../decimal.ts'
import { defineCheck } from '../check.ts'
import { percentText } from '../exposure.ts'
import { decimalLimit, priceText, tickDown, tickUp } from '../limits.ts'

export const check = defineCheck({
  code: 'STOP_TOO_WIDE',
  tier: 'position',
  limits: z.strictObject({ percent: decimalLimit('0.1', '90', '20', '% of the entry price between entry and stop, at most') }),
  transient: false,
  evaluate({ request: { side, price, stopLoss } }, { percent }) {
    if (stopLoss === null) return null
    const distance = price.minus(stopLoss).abs()
    const most = percentOf(price, percent)
    if (distance.lte(most)) return null
    const actual = percentText(distance, price)
    return {
      limit: percent,
      actual,
      wouldPass:
        side === 'buy' ? `stop at least ${priceText(tickUp(price.minus(most)))}` : `stop at most ${priceText(tickDown(price.plus(most)))}`,
      explain: `the stop is ${actual} % away; at most ${decimal(percent).toFixed()} %`,
    }
  },
  usage({ request: { symbol, price, stopLoss } }, { percent }) {
    if (stopLoss === null || price.lte(zero)) return null
    const used = divide(price.minus(stopLoss).abs().times(decimal('100')), price).round(2)
    const explain = `${symbol}: stop ${used.toFixed(2)} % away; at most ${percent} %`
    return { label: 'Stop distance', used, limit: decimal(percent), unit: 'percent', explain, passing: true }
  },
})
