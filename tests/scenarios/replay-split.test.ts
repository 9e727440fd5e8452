import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { OrderView, PositionView, ProposalView } from '../../src/app/views.ts'
import { eventually, plainBroker, startTestBot, type TestBot } from '../support/bot.ts'
import { dollars, entryLimit, micro, playTrade, readRawBars } from './independent-ledger.ts'

type List<T> = { items: T[]; next: string | null }

const folder = join(import.meta.dirname, '../../../shared/data/bars/minute')
const present = existsSync(folder)
if (!present) console.warn('the replayed split is skipped: there are no real bars at ../shared/data/bars/minute')

const at = (text: string): number => Date.parse(`2014-06-${text}:00Z`)
const bought = at('06T15:00')
const saturday = at('07T12:00')
const mondayBeforeOpen = at('09T13:00')
const closed = at('09T15:00')
const end = at('09T16:00')
const split = { symbol: 'AAPL', date: '2014-06-09', ratio: '7' }
const startingCash = '1000000'

const start = (home?: TestBot['home']): Promise<TestBot> =>
  startTestBot({
    manualTime: true,
    start: { replay: folder, from: '2014-06-06T13:00:00Z', to: '2014-06-10', splits: [split] },
    settings: {
      simulation: { ...plainBroker.simulation, cash: startingCash },
      sizing: { method: 'fixed-percent', 'fixed-percent': { percent: 5 } },
      risk: { position_too_large: { equity_percent: 20, usd: 200_000 } },
    },
    ...(home === undefined ? {} : { home }),
  })

const position = async (bot: TestBot): Promise<PositionView> => {
  const { body } = await bot.get<List<PositionView>>('/api/v1/positions')
  expect(body.items).toHaveLength(1)
  return body.items[0] as PositionView
}
const resting = async (bot: TestBot) => {
  const { body } = await bot.get<List<OrderView>>('/api/v1/orders?status=open')
  const ours = body.items.map((o) => ({ role: o.role, quantity: o.quantity, price: o.stop_price ?? o.limit_price }))
  const theirs = (await bot.bot.app.broker.openOrders()).map(({ legRole, ticket }) => ({
    role: legRole,
    quantity: ticket.quantity.toFixed(),
    price: (ticket.stopPrice ?? ticket.limitPrice)?.toFixed(),
  }))
  const byRole = (a: { role: string | null }, b: { role: string | null }) => String(a.role).localeCompare(String(b.role))
  return { ours: ours.sort(byRole), theirs: theirs.sort(byRole) }
}
const state = async (bot: TestBot) => (await bot.get<{ cash: string; equity: string; trading_state: string }>('/api/v1/state')).body

describe.skipIf(!present).each([
  ['by one process', false],
  ['by a process that is stopped on Friday and started again on the same books', true],
])('Apple, seven for one over the weekend of 2014-06-07, held %s', (_, restarts) => {
  it('keeps its worth, its stop and its target, and is closed afterwards for what it really made', { timeout: 300_000 }, async () => {
    let bot = await start()
    try {
      await bot.bot.advanceTo?.(bought)
      const quote = await bot.bot.app.market.quote('AAPL')
      const last = Number(quote?.last.toFixed())
      const story = {
        id: 'apple',
        symbol: 'AAPL',
        headline: 'Apple before its split',
        confidence: 0.9,
        catalyst_score: 0.8,
        source: 'test-wire',
        stop_loss: (last * 0.961).toFixed(2),
        take_profit: (last * 1.053).toFixed(2),
        published_at: new Date(bought).toISOString(),
      }
      expect((await bot.alert(story)).status).toBe(202)
      const card = await eventually('a card', async () => (await bot.get<List<ProposalView>>('/api/v1/proposals')).body.items[0])
      const tapped = await bot.post<ProposalView>(`/api/v1/proposals/${card.id}/approve`, { version: card.version })
      expect(tapped.status).toBe(200)
      const { quantity, ceiling_price, stop_loss, take_profit } = tapped.body

      await bot.bot.advanceTo?.(saturday)
      const friday = { position: await position(bot), state: await state(bot), resting: await resting(bot) }
      expect(friday.position).toMatchObject({ quantity, stop_loss, take_profit, protected: true, status: 'open' })
      if (restarts) {
        await bot.stop({ keep: true })
        bot = await start(bot.home)
      }

      // The split is in force, and no new price has been seen.
      await bot.bot.advanceTo?.(at('09T07:00'))
      const shares = BigInt(quantity) * 7n
      const stop = dollars((micro(stop_loss) / 7n / 10_000n) * 10_000n)
      const target = dollars(((micro(take_profit) + 69_999n) / 70_000n) * 10_000n)
      const monday = { position: await position(bot), state: await state(bot), resting: await resting(bot) }
      expect(monday.position).toMatchObject({
        id: friday.position.id,
        quantity: String(shares),
        stop_loss: stop,
        take_profit: target,
        unrealized_pnl: friday.position.unrealized_pnl,
        status: 'open',
        protected: true,
      })
      expect(monday.state).toMatchObject({ cash: friday.state.cash, equity: friday.state.equity, trading_state: 'active' })
      expect(monday.resting.ours).toEqual([
        { role: 'stop', quantity: String(shares), price: stop },
        { role: 'target', quantity: String(shares), price: target },
      ])
      expect(monday.resting.theirs).toEqual(monday.resting.ours)
      const [held] = await bot.bot.app.broker.positions()
      expect(held?.quantity.toFixed()).toBe(String(shares))

      await bot.bot.advanceTo?.(mondayBeforeOpen)
      expect((await position(bot)).status).toBe('open')
      await bot.bot.advanceTo?.(closed)
      expect(await position(bot)).toMatchObject({ status: 'open', quantity: String(shares) })
      expect((await bot.post(`/api/v1/positions/${friday.position.id}/close`)).status).toBe(200)
      await bot.bot.advanceTo?.(end)

      const terms = {
        symbol: 'AAPL',
        approvedAt: bought,
        quantity: BigInt(quantity),
        limit: entryLimit(micro(ceiling_price), micro(quote?.ask.toFixed() ?? '')),
        stop: micro(stop_loss),
        target: micro(take_profit),
        closeAskedAt: closed,
      }
      const rules = { entryMinutes: 1, split: { symbol: 'AAPL', at: Date.parse('2014-06-09T00:00:00Z'), ratio: 7n } }
      const reckoned = playTrade(readRawBars(join(folder, 'AAPL.csv')), terms, rules, end)
      expect(reckoned.left).toBe(0n)
      const realized = dollars(reckoned.sold - reckoned.bought)
      expect(await position(bot)).toMatchObject({
        status: 'closed',
        exit_reason: 'manual',
        realized_pnl: realized,
        fees: dollars(reckoned.fees),
      })
      const cash = dollars(micro(startingCash) + reckoned.sold - reckoned.bought - reckoned.fees)
      expect(await state(bot)).toMatchObject({ cash, equity: cash, trading_state: 'active' })
      expect((await bot.bot.app.broker.account()).cash.toFixed(2)).toBe(cash)
      const { body: pnl } = await bot.get('/api/v1/pnl?period=all')
      expect(pnl).toMatchObject({ realized_pnl: realized, fees: dollars(reckoned.fees), trades: 1 })
      const [trade] = (await bot.bot.app.read.trades({}, { limit: 5 })).items
      // Nothing about the split looks like a loss: the worst it saw is no worse than its stop.
      expect(Number(trade?.mae.toFixed())).toBeGreaterThan(-0.05 * Number(startingCash) * 0.05)
      expect(bot.log.filter((line) => line.level === 'error')).toEqual([])
      console.info(`replayed split: realized P&L bot $${String(pnl['realized_pnl'])}, independent $${realized}`)
    } finally {
      await bot.stop()
    }
  })
})
