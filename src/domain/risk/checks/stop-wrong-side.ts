import { text } from '../../decimal.ts'
import { defineCheck } from '../check.ts'
import { noLimits, priceText } from '../limits.ts'

export const check = defineCheck({
  code: 'STOP_WRONG_SIDE',
  tier: 'position',
  limits: noLimits,
  transient: false,
  evaluate({ request: { side, price, stopLoss } }) {
    if (stopLoss === null) return null
    if (side === 'buy' ? stopLoss.lt(price) : stopLoss.gt(price)) return null
    const where = side === 'buy' ? 'below' : 'above'
    return {
      limit: text(price),
      actual: text(stopLoss),
      wouldPass: `a stop ${where} ${priceText(price)}`,
      explain: `the stop ${priceText(stopLoss)} must be ${where} the entry ${priceText(price)}`,
    }
  },
})
