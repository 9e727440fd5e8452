import { z } from 'zod'
import { clip, clockTime, count, dollars, reply, signed } from '../src/app/card.ts'
import { refreshButton } from '../src/app/cards/periods.ts'
import { defineCommand } from '../src/app/command.ts'
import { riskUsage, riskUsageView, type UsedLimit } from '../src/app/risk-usage.ts'
import { type Decimal, decimal, roundHalfUp, zero } from '../src/domain/decimal.ts'
import type { LimitUse } from '../src/domain/risk/check.ts'
import { percentText } from '../src/domain/risk/exposure.ts'
import { gross } from '../src/domain/risk/portfolio.ts'
import { isoNow } from '../src/ports/clock.ts'

export const command = defineCommand({
  name: 'risk',
  summary: 'Each limit, what is used of it, and which trips next',
  role: 'viewer',
  args: z.object({}),
  async run(call) {
    const { app } = call
    const usage = await riskUsage(app)
    const { items, tripsNext, portfolio } = usage
    const { equity, openRisk, exposure, dayPnl, losingTrades, losingDays } = portfolio
    const share = (value: Decimal): string => (equity?.gt(zero) ? ` (${percentText(value, equity)} %)` : '')
    const full = items.filter((item) => item.share >= 1)
    const streaks = [
      ...(losingTrades > 1 ? [{ label: 'Lost', value: `${count(losingTrades, 'trade')} in a row` }] : []),
      ...(losingDays > 1 ? [{ label: 'Lost', value: `${count(losingDays, 'day')} in a row` }] : []),
    ]
    return reply(call, {
      tone: full.length > 0 ? 'bad' : tripsNext && tripsNext.share >= 0.75 ? 'warning' : 'neutral',
      title: `${dollars(openRisk)} at risk`,
      lines: [
        ...full.map(({ label, explain }) => `FULL: ${label}. ${explain}`),
        tripsNext === null ? 'Nothing is used of any limit.' : `Trips next: ${tripsNext.label}. ${tripsNext.explain}.`,
        `Updated ${clockTime(isoNow(app.clock))} ET`,
      ],
      facts: [
        { label: 'Open risk', value: `${dollars(openRisk)}${share(openRisk)}`, emphasis: true },
        { label: 'Today', value: dayPnl === null ? 'not known' : signed(dayPnl) },
        { label: 'Exposure', value: `${dollars(gross(exposure))}${share(gross(exposure))}` },
        ...streaks,
      ],
      table: {
        columns: ['Limit', 'Used', '', 'Left'],
        rows: items.toSorted((a, b) => b.share - a.share).map(row),
        total: null,
      },
      buttons: [refreshButton('risk')],
      data: riskUsageView(usage),
    })
  },
})

/** As wide as the table allows: five steps. */
const steps = 5
function bar(share: number): string {
  // What is used at all is seen, and only what is full looks full.
  const full = share >= 1 ? steps : Math.min(steps - 1, Math.ceil(Math.max(0, share) * steps))
  return '█'.repeat(full) + '░'.repeat(steps - full)
}

const row = (item: UsedLimit): readonly string[] => {
  const left = item.limit.gt(item.used) ? item.limit.minus(item.used) : zero
  return [clip(item.label, 12), brief(item.used, item.unit), bar(item.share), brief(left, item.unit)]
}

/** Six characters at most. */
function brief(value: Decimal, unit: LimitUse['unit']): string {
  const rounded = (places: number): string => roundHalfUp(value, places).toFixed()
  if (unit === 'percent') return `${rounded(value.lt(decimal('10')) ? 1 : 0)} %`
  if (unit === 'seconds') return `${rounded(0)} s`
  if (unit === 'count') return rounded(0)
  if (value.lt(decimal('9999.5'))) return `$${rounded(0)}`
  if (value.lt(decimal('999500'))) return `$${roundHalfUp(value.div(decimal('1000')), 0).toFixed()}k`
  return `$${roundHalfUp(value.div(decimal('1000000')), 1).toFixed()}M`
}
