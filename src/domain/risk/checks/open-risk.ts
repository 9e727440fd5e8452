import { z } from 'zod'
import { type Decimal, divide, maximum, percentOf, text, type Usd, zero } from '../../decimal.ts'
import { defineCheck, money, type RiskContext } from '../check.ts'
import { riskPerShare } from '../exposure.ts'
import { decimalLimit, missing, mostShares } from '../limits.ts'
import { lossOf } from '../portfolio.ts'

/** What today may still lose, USD: all stops together must not lose more. */
function budget({ portfolio: { dayPnl }, dayLossLimit }: RiskContext, percent: string): Usd | null {
  if (dayPnl === null || dayLossLimit === null) return null
  return percentOf(maximum(zero, dayLossLimit.minus(lossOf(dayPnl))), percent) as Usd
}
const withRequest = (context: RiskContext): Decimal =>
  context.portfolio.openRisk.plus(riskPerShare(context.request).times(context.request.quantity))

export const check = defineCheck({
  code: 'OPEN_RISK',
  tier: 'portfolio',
  limits: z.strictObject({
    percent: decimalLimit('1', '1000', '100', "% of what is left of the day's loss limit that all stops together may lose"),
  }),
  transient: true,
  evaluate(context, { percent }) {
    const most = budget(context, percent)
    if (most === null) return missing('equity at the start of the day')
    const total = withRequest(context)
    if (total.lte(most)) return null
    return {
      limit: text(most),
      actual: text(total),
      wouldPass: mostShares(most.minus(context.portfolio.openRisk), riskPerShare(context.request)),
      explain: `all stops together would lose ${money(total)}; ${money(most)} is left for today`,
    }
  },
  room(context, { percent }) {
    const most = budget(context, percent)
    const each = riskPerShare(context.request)
    if (most === null || each.lte(zero)) return null
    return { shares: divide(most.minus(context.portfolio.openRisk), each), because: `the ${money(most)} that today may still lose` }
  },
  usage(context, { percent }) {
    const most = budget(context, percent)
    if (most === null) return null
    const used = withRequest(context)
    return {
      label: 'Open risk',
      used,
      limit: most,
      unit: 'usd',
      explain: `${money(used)} if every stop is hit; ${money(most)} is left for today`,
    }
  },
})
