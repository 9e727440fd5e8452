import { z } from 'zod'
import { percentOf, text, zero } from '../../decimal.ts'
import { defineCheck } from '../check.ts'
import { percentText } from '../exposure.ts'
import { decimalLimit, missing, priceText, tickDown, tickUp } from '../limits.ts'

export const check = defineCheck({
  code: 'PRICE_DEVIATION',
  tier: 'position',
  limits: z.strictObject({ percent: decimalLimit('0.1', '50', '5', '% between the order price and the last trade, at most') }),
  transient: false,
  evaluate({ request: { price }, quote }, { percent }) {
    if (quote === null || quote.last.lte(zero)) return missing('last price')
    const most = percentOf(quote.last, percent)
    if (price.minus(quote.last).abs().lte(most)) return null
    const actual = percentText(price.minus(quote.last).abs(), quote.last)
    return {
      limit: percent,
      actual,
      wouldPass: `${priceText(tickUp(quote.last.minus(most)))} to ${priceText(tickDown(quote.last.plus(most)))}`,
      explain: `$${text(price)} is ${actual} % from the last ${priceText(quote.last)}; at most ${percent} %`,
    }
  },
})
