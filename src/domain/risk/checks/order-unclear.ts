import { defineCheck } from '../check.ts'
import { noLimits } from '../limits.ts'

export const check = defineCheck({
  code: 'ORDER_UNCLEAR',
  tier: 'system',
  limits: noLimits,
  transient: true,
  evaluate({ request, workingOrders }) {
    const unclear = workingOrders.find((o) => o.symbol === request.symbol && o.status === 'unrecognized')
    if (!unclear) return null
    const explain = `another ${request.symbol} order is in a state nobody knows: "${unclear.statusWord ?? ''}"`
    return { limit: null, actual: unclear.statusWord, wouldPass: 'once that order is clear', explain }
  },
})
