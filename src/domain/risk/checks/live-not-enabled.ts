import { defineCheck } from '../check.ts'
import { noLimits } from '../limits.ts'

export const check = defineCheck({
  code: 'LIVE_NOT_ENABLED',
  tier: 'system',
  limits: noLimits,
  transient: false,
  evaluate({ mode, liveEnabled }) {
    if (mode !== 'live' || liveEnabled) return null
    return { limit: null, actual: null, wouldPass: 'after live trading is enabled', explain: 'live trading is not enabled here' }
  },
})
