import { defineCheck } from '../check.ts'
import { missing, noLimits } from '../limits.ts'

export const check = defineCheck({
  code: 'SYMBOL_HALTED',
  tier: 'position',
  limits: noLimits,
  transient: true,
  evaluate({ request, security }) {
    if (security === null) return missing(`halt status of ${request.symbol}`)
    if (!security.halted) return null
    return { limit: null, actual: null, wouldPass: 'after the halt', explain: `the exchange halted ${request.symbol}` }
  },
})
