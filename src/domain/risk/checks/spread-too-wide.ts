import { z } from 'zod'
import { decimal, divide, zero } from '../../decimal.ts'
import { defineCheck } from '../check.ts'
import { percentText } from '../exposure.ts'
import { decimalLimit, missing } from '../limits.ts'

export const check = defineCheck({
  code: 'SPREAD_TOO_WIDE',
  tier: 'position',
  limits: z.strictObject({ percent: decimalLimit('0.01', '50', '2', '% of the middle price between bid and ask, at most') }),
  transient: true,
  evaluate({ quote }, { percent }) {
    if (quote === null || quote.bid.plus(quote.ask).lte(zero)) return missing('bid and ask')
    const middle = divide(quote.bid.plus(quote.ask), decimal('2'))
    const spread = quote.ask.minus(quote.bid)
    if (spread.times(decimal('100')).lte(middle.times(decimal(percent)))) return null
    const actual = percentText(spread, middle)
    return { limit: percent, actual, wouldPass: `a spread of ${percent} %`, explain: `the spread is ${actual} %; at most ${percent} %` }
  },
  usage({ request, quote }, { percent }) {
    if (quote === null || quote.bid.plus(quote.ask).lte(zero)) return null
    const used = divide(quote.ask.minus(quote.bid).times(decimal('200')), quote.bid.plus(quote.ask)).round(2)
    const explain = `${request.symbol}: ${used.toFixed(2)} %; at most ${percent} %`
    return { label: 'Spread', used, limit: decimal(percent), unit: 'percent', explain, passing: true }
  },
})
