import { z } from 'zod'
import { decimal, minimum, percentOf, text, type Usd, usd } from '../../decimal.ts'
import { defineCheck, money } from '../check.ts'
import { decimalLimit, missing } from '../limits.ts'
import { lossOf } from '../portfolio.ts'

const limits = z.strictObject({
  usd: decimalLimit('1', '1000000000', '2000', 'USD that a day may lose, realized and not'),
  equity_percent: decimalLimit('0.1', '100', '3', '% of the equity at the start of the day; the smaller of both binds'),
  warn_percents: z.array(z.number().int().min(1).max(99)).max(10).default([50, 75, 90]).meta({
    description: '% of the limit at which cards begin to say so',
  }),
})

/** The most that this day may lose, USD. @param dayStart equity when it began */
export const dayLossLimit = (dayStart: Usd, bounds: z.output<typeof limits>): Usd =>
  minimum(usd(bounds.usd), percentOf(dayStart, bounds.equity_percent)) as Usd

export const check = defineCheck({
  code: 'DAILY_LOSS',
  tier: 'portfolio',
  limits,
  transient: true,
  evaluate({ portfolio: { dayPnl }, dayLossLimit: most }, { warn_percents }) {
    if (dayPnl === null || most === null) return missing('equity at the start of the day')
    const loss = lossOf(dayPnl)
    if (loss.gte(most)) {
      const explain = `${money(loss)} lost today; the limit is ${money(most)}`
      return { limit: text(most), actual: text(loss), wouldPass: 'next session', explain }
    }
    const reached = Math.max(0, ...warn_percents.filter((step) => loss.gte(percentOf(most, decimal(String(step))))))
    return reached === 0 ? null : { warning: `${reached} % of today's loss limit is used: ${money(loss)} of ${money(most)}` }
  },
  usage({ portfolio: { dayPnl }, dayLossLimit: most }) {
    if (dayPnl === null || most === null) return null
    const used = lossOf(dayPnl)
    return { label: "Today's loss", used, limit: most, unit: 'usd', explain: `${money(used)} of ${money(most)}; then no new entries` }
  },
})
