import { z } from 'zod'
import type { App } from '../src/app/app.ts'
import { clip, clockTime, count, reply, short, signed } from '../src/app/card.ts'
import { refreshButton } from '../src/app/cards/periods.ts'
import { defineCommand } from '../src/app/command.ts'
import { type PricedPosition, pricedPositions } from '../src/app/current-prices.ts'
import { openAfterHalt } from '../src/app/state-view.ts'
import { positionView } from '../src/app/views.ts'
import { text, type Usd, usd } from '../src/domain/decimal.ts'
import { unrealizedPnl } from '../src/domain/position.ts'
import { isoNow } from '../src/ports/clock.ts'

export const command = defineCommand({
  name: 'positions',
  summary: 'Open positions and what they earn right now',
  role: 'viewer',
  args: z.object({}),
  async run(call) {
    const { app } = call
    const priced = await pricedPositions(app, await app.read.openPositions())
    const data = priced.map(({ position, at }) => positionView(position, at))
    const updated = `Updated ${clockTime(isoNow(app.clock))} ET`
    if (priced.length === 0)
      return reply(call, { title: 'No open position', lines: [updated], buttons: [refreshButton('positions')], data })
    const open = priced.reduce((sum, p) => sum.plus(unrealizedPnl(p.position, p.at)) as Usd, usd('0'))
    return reply(call, {
      tone: open.lt(usd('0')) ? 'bad' : 'good',
      title: `${signed(open)} open on ${count(priced.length, 'position')}`,
      lines: [...(await notFlat(app)), ...warnings(priced), updated],
      table: {
        columns: ['P&L', 'Symbol', 'Shares', 'Now'],
        rows: priced.map(row),
        total: [short(open), 'total', '', ''],
      },
      buttons: [refreshButton('positions')],
      data,
    })
  },
})

const row = ({ position, at }: PricedPosition): readonly string[] => [
  short(unrealizedPnl(position, at)),
  clip(position.symbol, 6),
  `${position.side === 'short' ? '-' : ''}${text(position.quantity)}`,
  at.toFixed(2),
]

/** Halted is not flat: says what is still held until nothing is. */
async function notFlat(app: App): Promise<readonly string[]> {
  if ((await app.read.tradingState()).state !== 'halted') return []
  const open = await openAfterHalt(app)
  const underWay = open.filter((p) => p.closing).map((p) => p.symbol)
  return [`HALTED, NOT FLAT: ${count(open.length, 'position')} open${underWay.length > 0 ? `, closing ${underWay.join(', ')}` : ''}`]
}

function warnings(priced: readonly PricedPosition[]): readonly string[] {
  const naked = priced.filter(({ position }) => position.unprotected).map(({ position }) => position.symbol)
  const old = priced.filter(({ fresh }) => !fresh).map(({ position }) => position.symbol)
  return [
    ...(naked.length > 0 ? [`WITHOUT A STOP: ${naked.join(', ')}`] : []),
    ...(old.length > 0 ? [`No quote, at the last known price: ${old.join(', ')}`] : []),
  ]
}
