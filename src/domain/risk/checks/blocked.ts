import { defineCheck } from '../check.ts'
import { noLimits } from '../limits.ts'

export const check = defineCheck({
  code: 'BLOCKED',
  tier: 'position',
  limits: noLimits,
  transient: false,
  evaluate({ request, blockedSymbols }) {
    const symbol = request.symbol.toUpperCase()
    if (!blockedSymbols.some((blocked) => blocked.toUpperCase() === symbol)) return null
    return { limit: null, actual: null, wouldPass: null, explain: `${symbol} is on the block-list` }
  },
})
