import { z } from 'zod'
import { defineCheck } from '../check.ts'

export const check = defineCheck({
  code: 'CONFIDENCE_TOO_LOW',
  tier: 'position',
  limits: z.strictObject({
    minimum: z.number().min(0).max(1).default(0.7).meta({ description: '0 to 1: the least confidence of an alert that may be traded' }),
  }),
  transient: false,
  evaluate({ request }, { minimum }) {
    // Written so that NaN denies.
    if (request.confidence >= minimum) return null
    return {
      limit: String(minimum),
      actual: String(request.confidence),
      wouldPass: null,
      explain: `confidence ${request.confidence} is under ${minimum}`,
    }
  },
})
