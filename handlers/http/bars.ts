import { z } from 'zod'
import { symbolField } from '../../src/app/fields.ts'
import { defineRoute, json, problem } from '../../src/app/route.ts'
import type { Price } from '../../src/domain/decimal.ts'

export const route = defineRoute({
  name: 'bars',
  method: 'GET',
  path: '/api/v1/bars',
  summary: 'Complete bars for a chart, oldest first; `time` in epoch seconds.',
  role: 'viewer',
  query: z.strictObject({
    symbol: symbolField,
    timeframe: z.enum(['1m', '1d']).default('1m'),
    count: z.coerce.number().int().min(1).max(1_000).default(120),
  }),
  async run({ app, query: { symbol, timeframe, count } }) {
    if ((await app.read.security(symbol)) === null) return problem(404, 'Unknown symbol', `${symbol} is not a symbol that is traded here.`)
    const bars = await app.market.bars(symbol, timeframe, count)
    const items = bars.map((b) => ({
      time: Math.floor(b.at / 1000),
      open: shown(b.open),
      high: shown(b.high),
      low: shown(b.low),
      close: shown(b.close),
      volume: b.volume,
    }))
    return json(200, { items, next: null })
  },
})

const shown = (p: Price): string => p.round(4).toFixed()
