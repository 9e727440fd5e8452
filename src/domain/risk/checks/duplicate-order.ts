import { z } from 'zod'
import { defineCheck } from '../check.ts'
import { secondsLimit } from '../limits.ts'

export const check = defineCheck({
  code: 'DUPLICATE_ORDER',
  tier: 'position',
  limits: z.strictObject({ seconds: secondsLimit(0, 86_400, 60, 'seconds in which the same symbol and side is not entered twice') }),
  transient: true,
  evaluate({ now, request, recentEntries }, { seconds }) {
    const same = recentEntries.filter((e) => e.symbol === request.symbol && e.side === request.side)
    const since = now - Math.max(...same.map((e) => e.at))
    // A time that is none counts as now.
    const age = Number.isNaN(since) ? 0 : since
    if (same.length === 0 || age >= seconds * 1000) return null
    const wait = Math.ceil((seconds * 1000 - age) / 1000)
    const actual = Math.floor(age / 1000)
    return {
      limit: String(seconds),
      actual: String(actual),
      wouldPass: `in ${wait} s`,
      explain: `${request.side} ${request.symbol} was entered ${actual} s ago; ${seconds} s apart`,
    }
  },
})
