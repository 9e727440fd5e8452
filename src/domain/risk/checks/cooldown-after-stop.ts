import { z } from 'zod'
import { defineCheck } from '../check.ts'
import { secondsLimit } from '../limits.ts'

export const check = defineCheck({
  code: 'COOLDOWN_AFTER_STOP',
  tier: 'position',
  limits: z.strictObject({ minutes: secondsLimit(0, 1440, 30, 'minutes without a new entry after a stop closed the same symbol') }),
  transient: true,
  evaluate({ now, request, lastStopOutAt }, { minutes }) {
    if (lastStopOutAt === null) return null
    // A time that is none counts as now.
    const age = Number.isNaN(lastStopOutAt) ? 0 : now - lastStopOutAt
    if (age >= minutes * 60_000) return null
    const actual = Math.floor(age / 60_000)
    return {
      limit: String(minutes),
      actual: String(actual),
      wouldPass: `in ${Math.ceil(minutes - age / 60_000)} min`,
      explain: `${request.symbol} was stopped out ${actual} min ago; ${minutes} min pause`,
    }
  },
})
