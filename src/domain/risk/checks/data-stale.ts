import { z } from 'zod'
import { defineCheck } from '../check.ts'
import { missing, secondsLimit } from '../limits.ts'

export const check = defineCheck({
  code: 'DATA_STALE',
  tier: 'system',
  limits: z.strictObject({ seconds: secondsLimit(5, 3600, 60, 'seconds in session without anything from the market data feed') }),
  transient: true,
  evaluate({ now, session, feedHeardAt }, { seconds }) {
    // Outside of the session a feed may well be silent.
    if (session !== 'regular') return null
    if (feedHeardAt === null) return missing('market data so far')
    const silent = now - feedHeardAt
    // Written so that a NaN time denies.
    if (silent < seconds * 1000) return null
    const actual = Number.isFinite(silent) ? Math.floor(silent / 1000) : 0
    return {
      limit: String(seconds),
      actual: String(actual),
      wouldPass: 'when the feed is back',
      explain: `nothing came from the market data feed for ${actual} s; the limit is ${seconds} s`,
    }
  },
})
