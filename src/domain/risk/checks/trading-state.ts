import { defineCheck } from '../check.ts'
import { noLimits } from '../limits.ts'

export const check = defineCheck({
  code: 'TRADING_STATE',
  tier: 'system',
  limits: noLimits,
  transient: true,
  evaluate({ trading: { state, cause } }) {
    if (state === 'active') return null
    return {
      limit: null,
      actual: null,
      wouldPass: 'after /resume',
      explain: `trading is ${state}${cause === null ? '' : `: ${cause}`}`,
      transient: state === 'paused',
    }
  },
})
