import { z } from 'zod'
import { divide, maximum, percentOf, text, type Usd, usd, zero } from '../../decimal.ts'
import { defineCheck, money, type RiskContext } from '../check.ts'
import { requestNotional } from '../exposure.ts'
import { decimalLimit, missing, mostShares } from '../limits.ts'
import { gross, noExposure, sectorName } from '../portfolio.ts'

/** The request's sector, and what is in it already. */
function sectorOf({ request, security, portfolio }: RiskContext): { readonly sector: string; readonly held: Usd } {
  const listed = security?.symbol === request.symbol ? security.sector : portfolio.sectors.get(request.symbol)
  const sector = sectorName(listed)
  return { sector, held: gross(portfolio.bySector.get(sector) ?? noExposure) }
}

/** The fullest sector, with what the request adds to its own. */
function fullest(context: RiskContext): { readonly sector: string; readonly used: Usd } {
  const own = sectorOf(context)
  const asked = { sector: own.sector, used: own.held.plus(requestNotional(context)) as Usd }
  const others = [...context.portfolio.bySector].map(([sector, exposure]) => ({ sector, used: gross(exposure) }))
  return others.reduce((most, one) => (one.used.gt(most.used) ? one : most), asked)
}

export const check = defineCheck({
  code: 'SECTOR_EXPOSURE',
  tier: 'portfolio',
  limits: z.strictObject({
    percent: decimalLimit('1', '400', '40', '% of equity that one sector may take; symbols without a known sector share one'),
  }),
  transient: true,
  evaluate(context, { percent }) {
    if (context.account === null) return missing('account')
    const cap = percentOf(context.account.equity, percent)
    const { sector, held } = sectorOf(context)
    const size = held.plus(requestNotional(context))
    if (size.lte(cap)) return null
    return {
      limit: text(cap),
      actual: text(size),
      wouldPass: mostShares(cap.minus(held), context.request.price),
      explain: `${money(size)} in ${sector} is over the ${percent} % of equity limit`,
    }
  },
  room(context, { percent }) {
    if (context.account === null || context.request.price.lte(zero)) return null
    const { sector, held } = sectorOf(context)
    const cap = percentOf(context.account.equity, percent)
    return { shares: divide(cap.minus(held), context.request.price), because: `the ${percent} % limit on ${sector}` }
  },
  usage(context, { percent }) {
    if (context.account === null) return null
    const { sector, used } = fullest(context)
    const what = used.gt(zero) ? `${sector}: ${money(used)}` : 'nothing is held'
    const limit = maximum(usd('0'), percentOf(context.account.equity, percent))
    return { label: 'Largest sector', used, limit, unit: 'usd', explain: `${what}; at most ${percent} % of equity` }
  },
})
