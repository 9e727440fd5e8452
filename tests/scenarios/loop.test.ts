import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { OrderView, PositionView, ProposalView } from '../../src/app/views.ts'
import { eventually, startTestBot, type TestBot } from '../support/bot.ts'

type List<T> = { items: T[]; next: string | null }

describe('the whole loop on the simulated market', () => {
  let bot: TestBot
  let symbol: string
  beforeAll(async () => {
    bot = await startTestBot()
    const securities = await bot.bot.app.market.securities()
    symbol = securities[0]?.symbol ?? ''
  })
  afterAll(() => bot.stop())

  const story = (id: string, extra: object = {}) => ({
    id,
    symbol,
    headline: `A story called ${id}`,
    confidence: 0.9,
    catalyst_score: 0.8,
    source: 'test-wire',
    published_at: new Date(bot.bot.app.clock.now()).toISOString(),
    ...extra,
  })
  const proposalOf = (headline: string) =>
    eventually(`a proposal for ${headline}`, async () => {
      const { body } = await bot.get<List<ProposalView>>('/api/v1/proposals?limit=50')
      return body.items.find((p) => p.headline === headline)
    })

  it('given a signed alert, when it is approved, then it becomes an order, a fill, a protected position, and a closed trade', async () => {
    expect((await bot.alert(story('first'))).status).toBe(202)
    const proposal = await proposalOf('A story called first')
    expect(proposal).toMatchObject({ status: 'pending', symbol, side: 'buy', denials: [] })

    const approved = await bot.post<ProposalView>(`/api/v1/proposals/${proposal.id}/approve`, { version: proposal.version })
    expect(approved).toMatchObject({ status: 200, body: { status: 'approved', decided_by: 'console:local' } })

    const position = await eventually('an open position', async () => {
      const { body } = await bot.get<List<PositionView>>('/api/v1/positions?status=open')
      return body.items.find((p) => p.symbol === symbol && p.quantity === proposal.quantity)
    })
    expect(position).toMatchObject({ side: 'long', stop_loss: proposal.stop_loss, take_profit: proposal.take_profit, protected: true })

    const resting = await eventually('both legs at work', async () => {
      const { body } = await bot.get<List<OrderView>>('/api/v1/orders')
      const roles = body.items.filter((o) => o.symbol === symbol).map((o) => `${o.role} ${o.status}`)
      return roles.includes('stop accepted') ? roles : null
    })
    expect([...resting].sort()).toEqual(['entry filled', 'stop accepted', 'target accepted'])

    expect((await bot.post('/api/v1/positions/close-all')).status).toBe(200)
    await eventually('the position closed', async () => {
      const { body } = await bot.get<List<PositionView>>('/api/v1/positions?status=open')
      return body.items.length === 0
    })
    const { body: after } = await bot.get<List<OrderView>>('/api/v1/orders')
    expect(after.items.filter((o) => !['filled', 'canceled'].includes(o.status))).toEqual([])
    const { body: pnl } = await bot.get<{ trades: number; fees: string; realized_pnl: string }>('/api/v1/pnl?period=today')
    expect(pnl.trades).toBe(1)
    expect(Number(pnl.fees)).toBeGreaterThan(0)
  })

  it('given a decided proposal, when it is tapped again, then it answers 409 with its true state', async () => {
    await bot.alert(story('second'))
    const proposal = await proposalOf('A story called second')
    expect((await bot.post(`/api/v1/proposals/${proposal.id}/decline`, {})).status).toBe(200)
    const again = await bot.post<{ proposal: ProposalView }>(`/api/v1/proposals/${proposal.id}/approve`, { version: proposal.version })
    expect(again.status).toBe(409)
    expect(again.body.proposal.status).toBe('declined')
  })

  it('given a kill, when an alert comes, then nothing can be approved until a reasoned resume', async () => {
    await bot.alert(story('third'))
    const pending = await proposalOf('A story called third')
    const killed = await bot.post('/api/v1/kill')
    expect(killed.body).toMatchObject({ trading_state: 'halted', voided_proposals: 1 })
    const voided = await proposalOf('A story called third')
    expect(voided.status).toBe('voided')
    expect((await bot.post(`/api/v1/proposals/${pending.id}/approve`, { version: 1 })).status).toBe(409)
    expect((await bot.post('/api/v1/resume', { reason: '' })).status).toBeGreaterThanOrEqual(400)
    expect((await bot.post('/api/v1/resume', { reason: 'drill is over' })).status).toBe(200)
    const { body: state } = await bot.get<{ trading_state: string }>('/api/v1/state')
    expect(state.trading_state).toBe('active')
  })

  it('given the same story from another wire, then it joins the first card', async () => {
    await bot.alert(story('fourth-a', { headline: 'Same words, two wires' }))
    const first = await proposalOf('Same words, two wires')
    await bot.alert(story('fourth-b', { headline: 'SAME WORDS:  two wires', source: 'other-wire' }))
    const joined = await eventually('the second wire on the card', async () => {
      const p = await proposalOf('Same words, two wires')
      return p.also_on.includes('other-wire') ? p : null
    })
    expect(joined.id).toBe(first.id)
  })

  it('given a new signal on the same symbol, then it supersedes the open card', async () => {
    await bot.alert(story('fifth', { headline: 'Something new altogether' }))
    await proposalOf('Something new altogether')
    expect((await proposalOf('Same words, two wires')).status).toBe('superseded')
  })
})
