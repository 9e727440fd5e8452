import { z } from 'zod'
import { fromNumber } from '../../decimal.ts'
import { defineCheck, type RiskContext } from '../check.ts'
import { countLimit } from '../limits.ts'

const minuteMs = 60_000
/** Times of the entries of the last minute, newest first. */
const lately = ({ now, recentEntries }: RiskContext): readonly number[] =>
  recentEntries
    .map(({ at }) => at)
    // Written so that a NaN time counts.
    .filter((at) => !(now - at >= minuteMs))
    .sort((a, b) => b - a)

export const check = defineCheck({
  code: 'ORDER_RATE',
  tier: 'system',
  limits: z.strictObject({ per_minute: countLimit(1, 1000, 10, 'entries in a minute at most') }),
  transient: true,
  evaluate(context, { per_minute: most }) {
    const times = lately(context)
    if (times.length < most) return null
    const frees = (times[most - 1] ?? context.now) + minuteMs
    const wait = Math.max(1, Math.ceil((frees - context.now) / 1000))
    return {
      limit: String(most),
      actual: String(times.length + 1),
      wouldPass: `in ${Number.isFinite(wait) ? wait : 60} s`,
      explain: `${times.length} entries in the last minute; at most ${most}`,
    }
  },
  usage(context, { per_minute: most }) {
    const { length } = lately(context)
    const explain = `${length} in the last minute; at most ${most}`
    return { label: 'Entries a minute', used: fromNumber(length, 0), limit: fromNumber(most, 0), unit: 'count', explain, passing: true }
  },
})
