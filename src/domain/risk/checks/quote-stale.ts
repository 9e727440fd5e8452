import { z } from 'zod'
import { fromNumber } from '../../decimal.ts'
import { defineCheck } from '../check.ts'
import { missing, secondsLimit } from '../limits.ts'

export const check = defineCheck({
  code: 'QUOTE_STALE',
  tier: 'position',
  limits: z.strictObject({
    sip_seconds: secondsLimit(1, 3600, 15, 'seconds that a consolidated quote may be old'),
    // The one exchange of this feed sees a fortieth of the volume, so its quotes change less often.
    iex_seconds: secondsLimit(1, 3600, 120, 'seconds that an IEX quote may be old'),
    sim_seconds: secondsLimit(1, 3600, 5, 'seconds that a simulated quote may be old'),
  }),
  transient: true,
  evaluate({ now, quote, feed }, limits) {
    if (quote === null) return missing('quote')
    const seconds = limits[`${feed}_seconds`]
    // Written so that a NaN time denies.
    if (now - quote.at <= seconds * 1000) return null
    // Rounded up: 5.2 s must not read as if it were within 5 s.
    const actual = Math.ceil((now - quote.at) / 1000)
    return {
      limit: String(seconds),
      actual: String(actual),
      wouldPass: `a quote under ${seconds} s old`,
      explain: `the quote is ${actual} s old; at most ${seconds} s`,
    }
  },
  usage({ now, request, quote, feed }, limits) {
    if (quote === null || !Number.isFinite(quote.at)) return null
    const seconds = limits[`${feed}_seconds`]
    const used = fromNumber(Math.max(0, (now - quote.at) / 1000), 1)
    const explain = `${request.symbol}: ${used.toFixed()} s old; at most ${seconds} s`
    return { label: 'Quote age', used, limit: fromNumber(seconds, 0), unit: 'seconds', explain, passing: true }
  },
})
