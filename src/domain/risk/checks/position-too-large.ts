import { z } from 'zod'
import { divide, minimum, percentOf, text, type Usd, usd, zero } from '../../decimal.ts'
import { defineCheck, money } from '../check.ts'
import { heldInSymbol, requestNotional } from '../exposure.ts'
import { decimalLimit, missing, mostShares } from '../limits.ts'

const limits = z.strictObject({
  equity_percent: decimalLimit('0.1', '100', '10', '% of equity that one symbol may take'),
  usd: decimalLimit('1', '1000000000', '5000', 'USD that one symbol may take; the smaller of both binds'),
})

/** The most that may be in one symbol, USD, and the words for which bound it is. */
export function positionCap(equity: Usd, bounds: z.output<typeof limits>): { readonly cap: Usd; readonly because: string } {
  const share = percentOf(equity, bounds.equity_percent)
  const cap = minimum(share, usd(bounds.usd)) as Usd
  return { cap, because: cap.lt(share) ? `${money(cap)} limit` : `${bounds.equity_percent} % of equity limit` }
}

export const check = defineCheck({
  code: 'POSITION_TOO_LARGE',
  tier: 'position',
  limits,
  transient: false,
  evaluate(context, bounds) {
    if (context.account === null) return missing('account')
    const { cap, because } = positionCap(context.account.equity, bounds)
    const held = heldInSymbol(context)
    const size = held.plus(requestNotional(context))
    if (size.lte(cap)) return null
    return {
      limit: text(cap),
      actual: text(size),
      wouldPass: mostShares(cap.minus(held), context.request.price),
      explain: `${money(size)} in ${context.request.symbol} is over the ${because}`,
    }
  },
  room(context, bounds) {
    if (context.account === null || context.request.price.lte(zero)) return null
    const { cap, because } = positionCap(context.account.equity, bounds)
    const held = heldInSymbol(context)
    const already = held.gt(zero) ? `, of which ${money(held)} is held already` : ''
    return { shares: divide(cap.minus(held), context.request.price), because: `the ${because}${already}` }
  },
  usage(context, bounds) {
    if (context.account === null) return null
    const { cap, because } = positionCap(context.account.equity, bounds)
    const used = heldInSymbol(context).plus(requestNotional(context))
    const explain = used.gt(zero) ? `${context.request.symbol}: ${money(used)} of the ${because}` : 'No position is open'
    return { label: 'Largest position', used, limit: cap, unit: 'usd', explain }
  },
})
