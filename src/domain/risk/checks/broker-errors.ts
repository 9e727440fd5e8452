import { z } from 'zod'
import { fromNumber } from '../../decimal.ts'
import { defineCheck, type RiskContext } from '../check.ts'
import { countLimit } from '../limits.ts'

/** Of the last minutes, newest first. */
const lately = ({ now, brokerFailures }: RiskContext, minutes: number): readonly number[] =>
  // Written so that a NaN time counts.
  brokerFailures.filter((at) => !(now - at >= minutes * 60_000)).sort((a, b) => b - a)

export const check = defineCheck({
  code: 'BROKER_ERRORS',
  tier: 'system',
  limits: z.strictObject({
    failures: countLimit(1, 1000, 3, 'requests that the broker left unanswered or broke off, from which nothing new is entered'),
    minutes: countLimit(1, 1440, 5, 'minutes in which they are counted'),
  }),
  transient: true,
  evaluate(context, { failures: most, minutes }) {
    const times = lately(context, minutes)
    if (times.length < most) return null
    const frees = (times[most - 1] ?? context.now) + minutes * 60_000
    const wait = Math.max(1, Math.ceil((frees - context.now) / 60_000))
    return {
      limit: String(most),
      actual: String(times.length),
      wouldPass: `in ${Number.isFinite(wait) ? wait : minutes} min, if it answers`,
      explain: `the broker failed ${times.length} times in ${minutes} min`,
    }
  },
  usage(context, { failures: most, minutes }) {
    const { length } = lately(context, minutes)
    const explain = `${length} in ${minutes} min; nothing new from ${most} on`
    return { label: 'Broker failures', used: fromNumber(length, 0), limit: fromNumber(most, 0), unit: 'count', explain, passing: true }
  },
})
