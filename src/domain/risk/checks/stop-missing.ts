import { text, zero } from '../../decimal.ts'
import { defineCheck } from '../check.ts'
import { noLimits } from '../limits.ts'

export const check = defineCheck({
  code: 'STOP_MISSING',
  tier: 'position',
  limits: noLimits,
  transient: false,
  evaluate({ request: { stopLoss } }) {
    if (stopLoss?.gt(zero)) return null
    return { limit: null, actual: stopLoss && text(stopLoss), wouldPass: 'a stop', explain: 'no stop loss: every entry needs one' }
  },
})
