import { text, tickPlaces } from '../../decimal.ts'
import { defineCheck } from '../check.ts'
import { noLimits, priceText, tickDown, tickUp } from '../limits.ts'

export const check = defineCheck({
  code: 'SUB_PENNY',
  tier: 'position',
  limits: noLimits,
  transient: false,
  evaluate({ request: { price, stopLoss, takeProfit } }) {
    const named = [
      ['price', price],
      ['stop', stopLoss],
      ['target', takeProfit],
    ] as const
    for (const [name, value] of named) {
      if (value === null || value.round(tickPlaces(value)).eq(value)) continue
      const tick = tickPlaces(value) === 2 ? '0.01' : '0.0001'
      return {
        limit: tick,
        actual: text(value),
        wouldPass: `${priceText(tickDown(value))} or ${priceText(tickUp(value))}`,
        explain: `the ${name} $${text(value)} is finer than the $${tick} tick`,
      }
    }
    return null
  },
})
