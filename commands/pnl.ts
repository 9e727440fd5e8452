import { z } from 'zod'
import { clockTime, count, dollars, reply, short, signed } from '../src/app/card.ts'
import { periodButtons } from '../src/app/cards/periods.ts'
import { defineCommand } from '../src/app/command.ts'
import { equityPicture } from '../src/app/pictures.ts'
import { periodWords, pnlPeriods, pnlReport } from '../src/app/pnl-report.ts'
import { usd, zero } from '../src/domain/decimal.ts'
import { isoNow } from '../src/ports/clock.ts'

const shownDays = 10

export const command = defineCommand({
  name: 'pnl',
  summary: 'Profit and loss: realized, open, fees, win rate',
  role: 'viewer',
  args: z.object({
    period: z
      .enum(pnlPeriods)
      .default('today')
      .meta({ description: `${pnlPeriods.join(', ')}; the week starts on Monday` }),
  }),
  async run(call) {
    const report = await pnlReport(call.app, call.args.period)
    const net = usd(report.net_pnl)
    const earlier = report.days.length - shownDays
    const decided = report.wins + report.losses
    return reply(call, {
      tone: net.lt(zero) ? 'bad' : net.gt(zero) ? 'good' : 'neutral',
      title: `${signed(net)} net ${periodWords[report.period]}`,
      lines: [
        ...(earlier > 0 ? [`${count(earlier, 'earlier day')} only in the total`] : []),
        `Updated ${clockTime(isoNow(call.app.clock))} ET`,
      ],
      facts: [
        { label: 'Realized', value: `${signed(usd(report.realized_pnl))} before fees` },
        { label: 'Open', value: signed(usd(report.unrealized_pnl)) },
        { label: 'Fees', value: dollars(usd(report.fees)) },
        {
          label: 'Win rate',
          value: decided === 0 ? 'no closed trade' : `${Math.round((100 * report.wins) / decided)} % (${report.wins} of ${decided})`,
        },
      ],
      table:
        report.days.length === 0
          ? null
          : {
              columns: ['Day', 'Net', 'Trades'],
              rows: report.days.slice(-shownDays).map((day) => [day.date, short(usd(day.net_pnl)), String(day.trades)]),
              total: ['total', short(net), String(report.trades)],
            },
      series: report.equity.length < 2 ? null : { name: 'Equity', points: report.equity.map((p) => ({ at: p.at, value: p.equity })) },
      buttons: periodButtons('pnl', report.period),
      picture: equityPicture(report),
      data: report,
    })
  },
})
