import { z } from 'zod'
import { type CardContent, clockTime, refusal, reply, signed } from '../src/app/card.ts'
import { defineCommand } from '../src/app/command.ts'
import { symbolField } from '../src/app/fields.ts'
import { lastPrice, signedPercent } from '../src/app/last-price.ts'
import { heldWords, symbolPicture } from '../src/app/pictures.ts'
import type { Price } from '../src/domain/decimal.ts'
import { type Position, unrealizedPnl } from '../src/domain/position.ts'
import { priceText } from '../src/domain/risk/limits.ts'
import { isoNow } from '../src/ports/clock.ts'

export const command = defineCommand({
  name: 'chart',
  summary: 'The last hour of a symbol, with your levels when you hold it',
  role: 'viewer',
  args: z.object({
    symbol: symbolField.meta({ description: 'ticker, like AAPL', suggest: 'symbol' }),
  }),
  async run(call) {
    const { app } = call
    const { symbol } = call.args
    const security = await app.read.security(symbol)
    if (!security) return refusal(call, `There is no ${symbol}`, 'NOT_FOUND', 'No such symbol is traded here.')
    const [now, held] = await Promise.all([lastPrice(app, symbol), app.read.openPosition(symbol)])
    const { last, dayChange } = now
    const words = [last ? priceText(last) : 'no quote', ...(dayChange === null ? [] : [`${signedPercent(dayChange)} today`])]
    return reply(call, {
      tone: dayChange === null || dayChange === '0' ? 'neutral' : dayChange.startsWith('-') ? 'bad' : 'good',
      title: `${symbol} ${words.join(', ')}`,
      lines: [security.name, `Updated ${clockTime(isoNow(app.clock))} ET`],
      facts: held ? levels(held, last) : [],
      picture: symbolPicture(symbol, now, held),
    })
  },
})

function levels(held: Position, last: Price | null): NonNullable<CardContent['facts']> {
  return [
    ...(last ? [{ label: 'Open P&L', value: signed(unrealizedPnl(held, last)), emphasis: true }] : []),
    { label: 'You hold', value: heldWords(held) },
    { label: 'Entry', value: priceText(held.entryPrice) },
    { label: 'Stop', value: held.stopLoss ? priceText(held.stopLoss) : 'NONE' },
    { label: 'Target', value: held.takeProfit ? priceText(held.takeProfit) : 'none' },
  ]
}
