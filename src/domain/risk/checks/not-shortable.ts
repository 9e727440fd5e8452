import { defineCheck } from '../check.ts'
import { missing, noLimits } from '../limits.ts'

export const check = defineCheck({
  code: 'NOT_SHORTABLE',
  tier: 'position',
  limits: noLimits,
  transient: false,
  evaluate({ request, security, shortingEnabled }) {
    if (request.side === 'buy') return null
    const no = (explain: string) => ({ limit: null, actual: null, wouldPass: null, explain })
    if (!shortingEnabled) return no('short selling is switched off')
    if (security === null) return missing(`borrow status of ${request.symbol}`)
    return security.shortable ? null : no(`${request.symbol} cannot be borrowed`)
  },
})
