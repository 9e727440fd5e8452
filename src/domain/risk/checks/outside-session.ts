import { defineCheck } from '../check.ts'
import { noLimits } from '../limits.ts'

const words = { pre: 'before the open', post: 'after the close', closed: 'closed' } as const

export const check = defineCheck({
  code: 'OUTSIDE_SESSION',
  tier: 'position',
  limits: noLimits,
  transient: true,
  evaluate({ session }) {
    if (session === 'regular') return null
    return {
      limit: null,
      actual: null,
      wouldPass: 'in the regular session',
      explain: `the market is ${session === 'closed' ? '' : 'in hours '}${words[session]}`,
    }
  },
})
