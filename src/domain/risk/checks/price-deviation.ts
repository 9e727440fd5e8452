import { z } from 'zod'
import { maximum, minimum, percentOf, text, zero } from '../../decimal.ts'
import { type CheckWarning, defineCheck, type RiskContext } from '../check.ts'
import { percentText } from '../exposure.ts'
import { decimalLimit, missing, priceText, tickDown, tickUp } from '../limits.ts'

/** Where it would trade now is beyond anything that traded today. An order's limit may well be: it is a bound, not a price. */
function outsideToday({ request: { side, price }, quote, dayRange }: RiskContext): CheckWarning | null {
  if (quote === null || dayRange === null) return null
  const at = side === 'buy' ? minimum(price, quote.ask) : maximum(price, quote.bid)
  if (at.gte(dayRange.low) && at.lte(dayRange.high)) return null
  return { warning: `${priceText(at)} is outside of today's ${priceText(dayRange.low)} to ${priceText(dayRange.high)}` }
}

export const check = defineCheck({
  code: 'PRICE_DEVIATION',
  tier: 'position',
  limits: z.strictObject({ percent: decimalLimit('0.1', '50', '5', '% between the order price and the last trade, at most') }),
  transient: false,
  evaluate(context, { percent }) {
    const {
      request: { price },
      quote,
    } = context
    if (quote === null || quote.last.lte(zero)) return missing('last price')
    const most = percentOf(quote.last, percent)
    if (price.minus(quote.last).abs().lte(most)) return outsideToday(context)
    const actual = percentText(price.minus(quote.last).abs(), quote.last)
    return {
      limit: percent,
      actual,
      wouldPass: `${priceText(tickUp(quote.last.minus(most)))} to ${priceText(tickDown(quote.last.plus(most)))}`,
      explain: `$${text(price)} is ${actual} % from the last ${priceText(quote.last)}; at most ${percent} %`,
    }
  },
})
