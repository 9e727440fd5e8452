import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { OrderView, PositionView, ProposalView } from '../../src/app/views.ts'
import { eventually, plainBroker, roomyLimits, startTestBot, type TestBot } from '../support/bot.ts'
import { type ApprovedTrade, dollars, entryLimit, type LedgerTrade, micro, playTrade, readRawBars } from './independent-ledger.ts'

type List<T> = { items: T[]; next: string | null }
interface Pnl {
  realized_pnl: string
  fees: string
  net_pnl: string
  trades: number
  days: { date: string; realized_pnl: string; fees: string; trades: number }[]
}

const folder = join(import.meta.dirname, '../../../shared/data/bars/minute')
const present = existsSync(folder)
if (!present) console.warn('the replayed week is skipped: there are no real bars at ../shared/data/bars/minute')

const at = (text: string): number => Date.parse(`2013-10-${text}:00Z`)
const minute = 60_000
const startingCash = '3000000'
const entryMinutes = 3

/** One alert and what people do with its card. Distances in % of the price of the moment. */
interface Story {
  readonly symbol: string
  readonly at: number
  readonly stop: number
  readonly target: number
  readonly tapAfterMinutes?: number
  readonly half?: boolean
  readonly fate?: 'declined' | 'ignored'
}
const stories: readonly Story[] = [
  { symbol: 'SPY', at: at('07T13:45'), stop: 0.5, target: 0.5 },
  { symbol: 'BAC', at: at('07T14:00'), stop: 0.6, target: 0.8, tapAfterMinutes: 3 },
  { symbol: 'IBM', at: at('07T14:10'), stop: 0.5, target: 0.6, half: true },
  { symbol: 'AIG', at: at('07T15:00'), stop: 0.5, target: 0.9 },
  { symbol: 'SPY', at: at('08T13:50'), stop: 0.4, target: 0.7, fate: 'declined' },
  { symbol: 'IBM', at: at('08T14:30'), stop: 0.4, target: 0.6 },
  { symbol: 'BAC', at: at('08T15:00'), stop: 2, target: 3, tapAfterMinutes: 2 },
  { symbol: 'AIG', at: at('08T16:00'), stop: 0.6, target: 0.8 },
  { symbol: 'SPY', at: at('09T13:40'), stop: 0.5, target: 0.5 },
  { symbol: 'IBM', at: at('09T14:00'), stop: 0.5, target: 0.5 },
  { symbol: 'AIG', at: at('09T15:00'), stop: 2, target: 3 },
  { symbol: 'BAC', at: at('09T15:10'), stop: 0.5, target: 0.6 },
  { symbol: 'IBM', at: at('10T13:45'), stop: 0.4, target: 0.5, tapAfterMinutes: 4 },
  { symbol: 'SPY', at: at('10T14:00'), stop: 0.5, target: 0.5 },
  { symbol: 'AIG', at: at('10T15:00'), stop: 0.5, target: 0.6, fate: 'ignored' },
  { symbol: 'BAC', at: at('10T15:30'), stop: 2.5, target: 4 },
  { symbol: 'IBM', at: at('11T13:50'), stop: 0.4, target: 0.5 },
  { symbol: 'SPY', at: at('11T14:05'), stop: 1, target: 2 },
  { symbol: 'AIG', at: at('11T14:20'), stop: 2, target: 3 },
]
/** A sell signal that is approved at once, a close over HTTP, and everything out ten minutes before the week is over. */
const sellSignal = { symbol: 'BAC', at: at('08T18:00') }
const closeByHand = { symbol: 'AIG', at: at('09T19:00') }
const flatten = at('11T19:50')
const end = at('11T20:00')

describe.skipIf(!present)('a week of real bars, traded by a whole bot and reckoned a second time', () => {
  let bot: TestBot
  const approved: ApprovedTrade[] = []
  const proposals: ProposalView[] = []
  const closeAsked = new Map<string, number>()

  beforeAll(async () => {
    bot = await startTestBot({
      manualTime: true,
      start: { replay: folder, from: '2013-10-07T13:00:00Z', to: '2013-10-12' },
      settings: {
        simulation: { ...plainBroker.simulation, cash: startingCash },
        approvals: { ceiling_percent: 0.25 },
        execution: { entry_fill_timeout_seconds: entryMinutes * 60 },
        sizing: { method: 'fixed-percent', 'fixed-percent': { percent: 10 } },
        risk: {
          ...roomyLimits,
          stop_too_tight: { percent: 0.1 },
          cooldown_after_stop: { minutes: 0 },
          position_too_large: { equity_percent: 20, usd: 1_000_000 },
        },
      },
    })
    await playWeek()
  }, 600_000)
  afterAll(() => bot?.stop())

  const advance = async (to: number): Promise<void> => {
    await bot.bot.advanceTo?.(to)
  }
  const proposalOf = (headline: string): Promise<ProposalView> =>
    eventually(`a proposal for ${headline}`, async () => {
      const { body } = await bot.get<List<ProposalView>>('/api/v1/proposals?limit=50')
      return body.items.find((p) => p.headline === headline)
    })
  const heldIn = async (symbol: string): Promise<PositionView | undefined> =>
    (await bot.get<List<PositionView>>('/api/v1/positions?status=open')).body.items.find((p) => p.symbol === symbol)

  async function tell(symbol: string, extra: object): Promise<ProposalView> {
    const now = bot.bot.app.clock.now()
    const headline = `${symbol} at ${new Date(now).toISOString()}`
    const published_at = new Date(now).toISOString()
    const story = { id: headline, symbol, headline, confidence: 0.9, catalyst_score: 0.8, source: 'test-wire', published_at, ...extra }
    expect(await bot.alert(story)).toMatchObject({ status: 202 })
    return proposalOf(headline)
  }

  async function playStory(story: Story): Promise<void> {
    const { symbol } = story
    if (!story.fate) expect(await heldIn(symbol), `${symbol} is free at ${new Date(story.at).toISOString()}`).toBeUndefined()
    const last = Number((await bot.bot.app.market.quote(symbol))?.last.toFixed())
    const level = (percent: number): string => (last * (1 + percent / 100)).toFixed(2)
    const card = await tell(symbol, { stop_loss: level(-story.stop), take_profit: level(story.target) })
    expect(card).toMatchObject({ status: 'pending', symbol, intent: 'entry' })
    proposals.push(card)
    if (story.fate === 'declined') {
      expect((await bot.post(`/api/v1/proposals/${card.id}/decline`)).status).toBe(200)
      return
    }
    if (story.fate === 'ignored') return
    if (story.tapAfterMinutes) await advance(story.at + story.tapAfterMinutes * minute)
    const ask = micro((await bot.bot.app.market.quote(symbol))?.ask.toFixed() ?? '')
    const quantity = story.half ? { quantity: String(BigInt(card.quantity) / 2n) } : {}
    const tapped = await bot.post<ProposalView>(`/api/v1/proposals/${card.id}/approve`, { version: card.version, ...quantity })
    expect(tapped).toMatchObject({ status: 200, body: { status: 'approved' } })
    const terms = tapped.body
    expect(terms.quantity).toBe(quantity.quantity ?? card.quantity)
    expect(terms.risk_amount).toBe(dollars((micro(terms.limit_price) - micro(terms.stop_loss)) * BigInt(terms.quantity)))
    approved.push({
      symbol,
      approvedAt: bot.bot.app.clock.now(),
      quantity: BigInt(terms.quantity),
      limit: entryLimit(micro(terms.ceiling_price), ask),
      stop: micro(terms.stop_loss),
      target: micro(terms.take_profit),
      closeAskedAt: Number.POSITIVE_INFINITY,
    })
  }

  async function playWeek(): Promise<void> {
    const happenings: { at: number; run: () => Promise<void> }[] = stories.map((story) => ({ at: story.at, run: () => playStory(story) }))
    happenings.push({
      at: sellSignal.at,
      async run() {
        const card = await tell(sellSignal.symbol, { side: 'sell' })
        expect(card.intent).toBe('reduce')
        expect((await bot.post(`/api/v1/proposals/${card.id}/approve`, { version: card.version })).status).toBe(200)
        asked(sellSignal.symbol)
      },
    })
    happenings.push({
      at: closeByHand.at,
      async run() {
        const position = await heldIn(closeByHand.symbol)
        expect((await bot.post(`/api/v1/positions/${position?.id}/close`)).status).toBe(200)
        asked(closeByHand.symbol)
      },
    })
    for (const happening of happenings.sort((a, b) => a.at - b.at)) {
      await advance(happening.at)
      await happening.run()
    }
    await advance(flatten)
    for (const position of (await bot.get<List<PositionView>>('/api/v1/positions?status=open')).body.items) asked(position.symbol)
    expect((await bot.post('/api/v1/positions/close-all')).status).toBe(200)
    await advance(end)
    await bot.bot.app.settled()
  }
  function asked(symbol: string): void {
    const index = approved.findLastIndex((trade) => trade.symbol === symbol)
    const trade = approved[index]
    if (!trade) throw new Error(`nothing of ${symbol} was approved`)
    approved[index] = { ...trade, closeAskedAt: bot.bot.app.clock.now() }
    closeAsked.set(symbol, bot.bot.app.clock.now())
  }
  const reckon = (): readonly LedgerTrade[] => {
    const bars = new Map(['SPY', 'BAC', 'IBM', 'AIG'].map((symbol) => [symbol, readRawBars(join(folder, `${symbol}.csv`))]))
    return approved.map((terms) => playTrade(bars.get(terms.symbol) ?? [], terms, { entryMinutes }, end))
  }
  const sum = (values: readonly bigint[]): bigint => values.reduce((total, value) => total + value, 0n)

  it('fills every order at the same time, size, price and fee', async () => {
    const { body } = await bot.get<List<OrderView>>('/api/v1/orders?limit=200')
    expect(body.next).toBeNull()
    const fills = await bot.bot.app.read.fills(body.items.map((order) => order.id))
    const ours = fills.map((f) => [f.at, f.symbol, f.side, f.quantity.toFixed(), f.price.toFixed(2), f.fees.toFixed(2)].join(' '))
    const theirs = reckon().flatMap((trade) =>
      trade.fills.map((f) =>
        [new Date(f.at).toISOString(), f.symbol, f.side, String(f.quantity), dollars(f.price), dollars(f.fees)].join(' '),
      ),
    )
    expect(ours.sort()).toEqual(theirs.sort())
    expect(fills.every((f) => f.price.round(2).eq(f.price))).toBe(true)
  })

  it('realizes the same profit and loss in every position', async () => {
    const { body } = await bot.get<List<PositionView>>('/api/v1/positions?limit=200')
    const ours = body.items.map((p) => [p.symbol, p.closed_at, p.realized_pnl, p.fees].join(' '))
    const filled = reckon().map((trade, i) => ({ trade, symbol: approved[i]?.symbol }))
    const theirs = filled.map(({ trade, symbol }) =>
      [symbol, trade.closedAt && new Date(trade.closedAt).toISOString(), dollars(trade.sold - trade.bought), dollars(trade.fees)].join(' '),
    )
    expect(ours.sort()).toEqual(theirs.sort())
    expect(body.items.every((p) => p.status === 'closed' && p.quantity === '0')).toBe(true)
  })

  it('ends with the same cash and equity', async () => {
    const trades = reckon()
    const cash = micro(startingCash) + sum(trades.map((t) => t.sold - t.bought - t.fees))
    const { body } = await bot.get<{ cash: string; equity: string; open_positions: number; trading_state: string }>('/api/v1/state')
    expect(body).toMatchObject({ cash: dollars(cash), equity: dollars(cash), open_positions: 0, trading_state: 'active' })
  })

  it('reports the same results for the week and for each of its days', async () => {
    const trades = reckon()
    const { body } = await bot.get<Pnl>('/api/v1/pnl?period=week')
    const realized = sum(trades.map((t) => t.sold - t.bought))
    const fees = sum(trades.map((t) => t.fees))
    expect(body).toMatchObject({
      realized_pnl: dollars(realized),
      fees: dollars(fees),
      net_pnl: dollars(realized - fees),
      trades: trades.length,
    })
    const dates = [...new Set(trades.flatMap((t) => [...t.days.keys()]))].sort()
    const theirs = dates.map((date) => {
      const parts = trades.flatMap((t) => t.days.get(date) ?? [])
      const closed = trades.filter((t) => t.closedAt !== null && new Date(t.closedAt).toISOString().startsWith(date)).length
      return {
        date,
        realized_pnl: dollars(sum(parts.map((p) => p.realized))),
        fees: dollars(sum(parts.map((p) => p.fees))),
        trades: closed,
      }
    })
    expect(body.days.map(({ date, realized_pnl, fees, trades: n }) => ({ date, realized_pnl, fees, trades: n }))).toEqual(theirs)
    console.info(
      `replayed week: ${trades.length} trades, ${sum(trades.map((t) => BigInt(t.fills.length)))} fills, fees $${body.fees}, ` +
        `realized P&L: bot $${body.realized_pnl}, independent $${dollars(realized)}`,
    )
  })

  it('lived through stops, targets, closes on request, fills in parts, and cards that came to nothing', async () => {
    const trades = reckon()
    const exits = new Set(trades.map((t) => t.exit))
    expect(trades.length).toBeGreaterThanOrEqual(12)
    expect([...exits].sort()).toEqual(['asked', 'stop_loss', 'take_profit'])
    expect(trades.filter((t) => t.closedAt !== null && t.closedAt > flatten).length).toBeGreaterThanOrEqual(2)
    expect(trades.some((t) => t.fills.filter((f) => f.side === 'buy').length > 1)).toBe(true)
    const { body } = await bot.get<List<ProposalView>>('/api/v1/proposals?limit=50')
    expect(body.items.filter((p) => p.status === 'declined')).toHaveLength(1)
    expect(body.items.filter((p) => p.status === 'expired')).toHaveLength(1)
    const { body: closed } = await bot.get<List<PositionView>>('/api/v1/positions?limit=200')
    const reasons = new Set(closed.items.map((p) => p.exit_reason))
    expect([...reasons].sort()).toEqual(['manual', 'signal', 'stop_loss', 'take_profit'])
    expect(bot.log.filter((line) => line.level === 'error')).toEqual([])
  })
})
