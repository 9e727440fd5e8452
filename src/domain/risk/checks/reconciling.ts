import { defineCheck } from '../check.ts'
import { noLimits } from '../limits.ts'

export const check = defineCheck({
  code: 'RECONCILING',
  tier: 'system',
  limits: noLimits,
  transient: true,
  evaluate({ reconciling }) {
    if (!reconciling) return null
    return { limit: null, actual: null, wouldPass: 'in a moment', explain: 'our books are being compared with the broker' }
  },
})
