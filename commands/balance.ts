import { z } from 'zod'
import { clockTime, dollars, reply, signed } from '../src/app/card.ts'
import { defineCommand } from '../src/app/command.ts'
import { zero } from '../src/domain/decimal.ts'
import { percentText } from '../src/domain/risk/exposure.ts'
import { isoNow } from '../src/ports/clock.ts'

export const command = defineCommand({
  name: 'balance',
  summary: 'The account: equity, cash, buying power, today',
  role: 'viewer',
  args: z.object({}),
  async run(call) {
    const { app } = call
    const account = await app.accountSummary()
    const before = account.equity.minus(account.dayPnl)
    const share = before.gt(zero) ? ` (${percentText(account.dayPnl, before)} %)` : ''
    return reply(call, {
      tone: account.dayPnl.lt(zero) ? 'bad' : account.dayPnl.gt(zero) ? 'good' : 'neutral',
      title: `${dollars(account.equity)} equity`,
      lines: [`Updated ${clockTime(isoNow(app.clock))} ET`],
      facts: [
        { label: 'Today', value: `${signed(account.dayPnl)}${share}`, emphasis: true },
        { label: 'Cash', value: dollars(account.cash) },
        { label: 'Buying power', value: dollars(account.buyingPower) },
        { label: 'Open result', value: signed(account.unrealizedPnl) },
        { label: 'Open positions', value: String(account.openPositions) },
      ],
      data: {
        equity: account.equity.toFixed(2),
        cash: account.cash.toFixed(2),
        buying_power: account.buyingPower.toFixed(2),
        day_pnl: account.dayPnl.toFixed(2),
        unrealized_pnl: account.unrealizedPnl.toFixed(2),
        open_positions: account.openPositions,
      },
    })
  },
})
