import { z } from 'zod'
import { divide, percentOf, text, type Usd, zero } from '../../decimal.ts'
import { defineCheck, money, type RiskContext } from '../check.ts'
import { requestNotional } from '../exposure.ts'
import { decimalLimit, missing, mostShares } from '../limits.ts'
import { gross } from '../portfolio.ts'

/** Gross: what is short is at stake just as what is long. */
const held = ({ portfolio }: RiskContext): Usd => gross(portfolio.exposure)

export const check = defineCheck({
  code: 'TOTAL_EXPOSURE',
  tier: 'portfolio',
  limits: z.strictObject({
    percent: decimalLimit('1', '400', '50', '% of equity that all positions together may be worth, longs and shorts added'),
  }),
  transient: true,
  evaluate(context, { percent }) {
    if (context.account === null) return missing('account')
    const cap = percentOf(context.account.equity, percent)
    const size = held(context).plus(requestNotional(context))
    if (size.lte(cap)) return null
    return {
      limit: text(cap),
      actual: text(size),
      wouldPass: mostShares(cap.minus(held(context)), context.request.price),
      explain: `${money(size)} in all is over the ${percent} % of equity limit`,
    }
  },
  room(context, { percent }) {
    if (context.account === null || context.request.price.lte(zero)) return null
    const cap = percentOf(context.account.equity, percent)
    return { shares: divide(cap.minus(held(context)), context.request.price), because: `the ${percent} % exposure limit` }
  },
  usage(context, { percent }) {
    if (context.account === null) return null
    const [used, limit] = [held(context).plus(requestNotional(context)), percentOf(context.account.equity, percent)]
    return { label: 'Total exposure', used, limit, unit: 'usd', explain: `${money(used)}; at most ${percent} % of equity` }
  },
})
