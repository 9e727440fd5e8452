import { defineCheck } from '../check.ts'
import { missing, noLimits } from '../limits.ts'

export const check = defineCheck({
  code: 'NOT_TRADABLE',
  tier: 'position',
  limits: noLimits,
  transient: false,
  evaluate({ request, security }) {
    if (security === null || security.symbol !== request.symbol) return missing(`listing of ${request.symbol}`)
    if (security.tradable) return null
    return { limit: null, actual: null, wouldPass: null, explain: `${request.symbol} cannot be traded here` }
  },
})
