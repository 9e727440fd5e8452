import { z } from 'zod'
import { fromNumber, zero } from '../../decimal.ts'
import { defineCheck, type RiskContext } from '../check.ts'
import { countLimit } from '../limits.ts'

/** With the request's own symbol, when anything of it is asked for. */
function counted({ request, portfolio: { bySymbol } }: RiskContext): number {
  return bySymbol.has(request.symbol) || request.quantity.eq(zero) ? bySymbol.size : bySymbol.size + 1
}

export const check = defineCheck({
  code: 'MAX_POSITIONS',
  tier: 'portfolio',
  limits: z.strictObject({ count: countLimit(1, 1000, 5, 'symbols that may be held at once, entries on their way included') }),
  transient: true,
  evaluate(context, { count: most }) {
    const { bySymbol } = context.portfolio
    // More of what is held makes no further position.
    if (bySymbol.has(context.request.symbol) || bySymbol.size < most) return null
    const close = bySymbol.size + 1 - most
    return {
      limit: String(most),
      actual: String(bySymbol.size + 1),
      wouldPass: close === 1 ? 'after one is closed' : `after ${close} are closed`,
      explain: `${bySymbol.size} positions are open or on their way; at most ${most}`,
    }
  },
  usage: (context, { count: most }) => ({
    label: 'Positions',
    used: fromNumber(counted(context), 0),
    limit: fromNumber(most, 0),
    unit: 'count',
    explain: `${counted(context)} open or on their way; at most ${most}`,
  }),
})
