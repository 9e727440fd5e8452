import { z } from 'zod'
import { clip, count, reply, short, signed } from '../src/app/card.ts'
import { defineCommand } from '../src/app/command.ts'
import { exchangeDate } from '../src/domain/calendar.ts'
import { type Usd, usd, zero } from '../src/domain/decimal.ts'
import type { ClosedTrade } from '../src/ports/read-model.ts'

export const command = defineCommand({
  name: 'trades',
  summary: 'Closed trades, newest first, net of fees',
  role: 'viewer',
  args: z.object({
    symbol: z
      .string()
      .trim()
      .toUpperCase()
      .regex(/^[A-Z][A-Z0-9.]{0,9}$/, 'must be a ticker such as AAPL')
      .optional()
      .meta({ description: 'only this symbol' }),
    limit: z.number().int().min(1).max(50).default(10).meta({ description: '1 to 50 trades' }),
  }),
  async run(call) {
    const { symbol, limit } = call.args
    const page = await call.app.read.trades({ symbol }, { limit })
    const about = symbol === undefined ? '' : ` in ${symbol}`
    if (page.items.length === 0) return reply(call, { title: `No closed trade${about} yet`, data: [] })
    const net = page.items.reduce((sum, t) => sum.plus(netOf(t)) as Usd, usd('0'))
    return reply(call, {
      tone: net.lt(zero) ? 'bad' : 'good',
      title: `${signed(net)} on the last ${count(page.items.length, 'trade')}${about}`,
      table: { columns: ['Net', 'Symbol', 'Exit', 'Day'], rows: page.items.map(row), total: [short(net), 'total', '', ''] },
      data: page.items.map((t) => ({
        position_id: t.positionId,
        symbol: t.symbol,
        net: netOf(t).toFixed(2),
        exit_reason: t.exitReason,
        closed_at: t.closedAt,
      })),
    })
  },
})

const netOf = (trade: ClosedTrade): Usd => trade.realizedPnl.minus(trade.fees) as Usd
const row = (trade: ClosedTrade): readonly string[] => [
  short(netOf(trade)),
  clip(trade.symbol, 6),
  clip(trade.exitReason.replaceAll('_', ' '), 11),
  exchangeDate(Date.parse(trade.closedAt)).slice(5),
]
