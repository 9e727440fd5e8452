import { z } from 'zod'
import { clip, count, reply, tiny } from '../src/app/card.ts'
import { periodButtons } from '../src/app/cards/periods.ts'
import { defineCommand } from '../src/app/command.ts'
import { periodStart, pnlPeriods } from '../src/app/pnl-report.ts'
import { type Usd, usd, zero } from '../src/domain/decimal.ts'
import { type Horizon, horizons } from '../src/domain/horizons.ts'
import type { ScoreRow } from '../src/ports/read-model.ts'

/** Rows of each kind; a phone shows no more. The total counts all that were read. */
const most = 6
const read = 200

export const command = defineCommand({
  name: 'scorecard',
  summary: 'What became of trades that were rejected, expired or denied',
  role: 'viewer',
  args: z.object({
    period: z
      .enum(pnlPeriods)
      .default('week')
      .meta({ description: `${pnlPeriods.join(', ')}; the week starts on Monday` }),
  }),
  async run(call) {
    const { app, args } = call
    const since = `${periodStart(args.period, app.clock.now())}T04:00:00.000Z`
    const [reasons, people] = await Promise.all([app.read.scorecard('reason', since, read), app.read.scorecard('person', since, most)])
    const buttons = periodButtons('scorecard', args.period)
    if (reasons.length === 0)
      return reply(call, { title: 'Nothing to score yet', lines: ['Cards count 15 minutes after they ended.'], buttons, data: [] })
    const total = sums(reasons)
    const worth = total['1d'] ?? total['1h'] ?? total['15m'] ?? usd('0')
    const cards = reasons.reduce((n, row) => n + row.cards, 0)
    const named = people.map((row) => ({ ...row, name: app.names.of(row.name) }))
    return reply(call, {
      // What was passed up and would have lost was well passed up.
      tone: worth.gt(zero) ? 'bad' : 'good',
      title: `${count(cards, 'trade')} not made: ${worth.gt(zero) ? 'missed' : 'saved'} $${tiny(worth.abs()).replace('+', '')}`,
      lines: ['USD that they would have made, by why and by who, 15 minutes, an hour and a day after; stop and target kept.'],
      table: {
        columns: ['Not made', 'N', ...horizons],
        rows: [...reasons.slice(0, most), ...named].map(row),
        total: ['total', String(cards), ...horizons.map((horizon) => brief(total[horizon]))],
      },
      buttons,
      data: { period: args.period, reasons: reasons.map(view), people: people.map(view) },
    })
  },
})

const row = ({ name, cards, pnl }: ScoreRow): readonly string[] => [
  clip(name, 12),
  String(Math.min(cards, 999)),
  ...horizons.map((horizon) => brief(pnl[horizon])),
]

const view = ({ name, cards, pnl }: ScoreRow) => ({
  name,
  cards,
  ...Object.fromEntries(horizons.map((horizon) => [horizon, pnl[horizon]?.toFixed(2) ?? null])),
})

function sums(rows: readonly ScoreRow[]): Record<Horizon, Usd | null> {
  const sum = (horizon: Horizon): Usd | null => {
    const known = rows.flatMap(({ pnl }) => pnl[horizon] ?? [])
    return known.length === 0 ? null : known.reduce((total, value) => total.plus(value) as Usd, usd('0'))
  }
  return { '15m': sum('15m'), '1h': sum('1h'), '1d': sum('1d') }
}

/** A dash for what is not known yet. */
const brief = (value: Usd | null): string => (value === null ? '–' : tiny(value))
