import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { PositionView, ProposalView } from '../../src/app/views.ts'
import { type ReplayBot, startReplayBot } from '../support/replay-bot.ts'

type Refused = { denials: { code: string }[]; proposal: ProposalView }
const steady = () => 100
const symbols = ['AAA', 'BBB', 'CCC', 'DDD', 'EEE', 'FFF', 'GGG', 'HHH', 'III', 'JJJ', 'KKK', 'LLL']

describe('the trading states', () => {
  let bot: ReplayBot
  let next = 0
  const fresh = () => symbols[next++] ?? 'AAA'
  beforeAll(async () => {
    bot = await startReplayBot(Object.fromEntries(symbols.map((symbol) => [symbol, steady])))
  })
  afterAll(() => bot.stop())
  const approve = (p: ProposalView) => bot.post<Refused>(`/api/v1/proposals/${p.id}/approve`, { version: p.version })
  const state = async () =>
    (await bot.get<{ trading_state: string; not_flat: { symbol: string; closing: boolean }[] }>('/api/v1/state')).body
  const positionOf = async (symbol: string) =>
    (await bot.get<{ items: PositionView[] }>('/api/v1/positions?status=open')).body.items.find((p) => p.symbol === symbol)
  const read = () => bot.bot.app.read
  const type = (text: string) => bot.post<{ title: string; lines: string[] }>('/api/v1/commands', { text })

  /** Whatever the state: a lost stop is replaced, a cancel is taken, a close goes through. */
  async function getsOut(symbol: string) {
    const legs = (await bot.bot.app.broker.openOrders()).filter((order) => order.ticket.symbol === symbol)
    for (const leg of legs) await bot.bot.app.broker.cancel(leg.brokerOrderId)
    await bot.minutes(1)
    for (let i = 0; i < 4; i++) await bot.minutes(1)
    const guarded = (await bot.bot.app.broker.openOrders()).filter((order) => order.ticket.symbol === symbol && order.status === 'accepted')
    expect(guarded.map((order) => order.ticket.type).sort()).toEqual(['limit', 'stop'])
    const position = await positionOf(symbol)
    expect(position?.protected).toBe(true)
    expect((await bot.post(`/api/v1/positions/${position?.id}/close`)).status).toBe(200)
    for (let i = 0; i < 3; i++) await bot.minutes(1)
    expect(await positionOf(symbol)).toBeUndefined()
    expect((await bot.bot.app.broker.openOrders()).filter((order) => order.ticket.symbol === symbol)).toEqual([])
  }

  it('given active, then entries go out, and every way to get out works', async () => {
    const symbol = fresh()
    await bot.hold(symbol)
    await getsOut(symbol)
  })

  it('given paused, then pending cards are visible and can be declined, Approve answers TRADING_STATE and the card stays', async () => {
    const [kept, declined, held] = [fresh(), fresh(), fresh()]
    await bot.hold(held)
    const card = await bot.propose(kept)
    const other = await bot.propose(declined)
    expect((await bot.post('/api/v1/pause')).body).toMatchObject({ trading_state: 'paused' })

    const refused = await approve(card)
    expect(refused.status).toBe(422)
    expect(refused.body).toMatchObject({ denials: [{ code: 'TRADING_STATE' }], proposal: { status: 'pending' } })
    expect((await bot.get<{ items: ProposalView[] }>('/api/v1/proposals?status=pending')).body.items.map((p) => p.id)).toContain(card.id)
    expect((await bot.post(`/api/v1/proposals/${other.id}/decline`, {})).body).toMatchObject({ status: 'declined' })
    const late = await bot.propose(fresh())
    expect(late).toMatchObject({ status: 'pending', denials: [{ code: 'TRADING_STATE' }] })
    await getsOut(held)

    expect((await bot.post('/api/v1/resume', {})).status).toBe(200)
    expect((await approve(await bot.proposal(card.id))).status).toBe(200)
  })

  it('given an entry at work, then a pause leaves it unless it is asked to cancel; a pause twice is one pause', async () => {
    const waiting = fresh()
    const card = await bot.propose(waiting)
    await approve(card)
    await bot.bot.app.settled()
    await bot.post('/api/v1/pause', {})
    const before = (await read().tradingState()).since
    expect(await bot.roles(waiting)).toContain('entry accepted')
    expect((await bot.post('/api/v1/pause', { cancel_entries: true })).status).toBe(200)
    expect((await read().tradingState()).since).toBe(before)
    await bot.minutes(1)
    expect(await bot.roles(waiting)).toContain('entry canceled')
    expect(await positionOf(waiting)).toBeUndefined()
    await bot.post('/api/v1/resume', {})
  })

  it('given a kill, then cards are voided, stops stay, and it says HALTED, NOT FLAT until it is flat', async () => {
    const [held, kept] = [fresh(), fresh()]
    await bot.hold(held)
    const card = await bot.propose(kept)
    const killed = await bot.post<{ open_positions: number }>('/api/v1/kill', {})
    expect(killed.body).toMatchObject({ trading_state: 'halted' })
    expect((await bot.proposal(card.id)).status).toBe('voided')
    expect(await bot.roles(held)).toEqual(['entry filled', 'stop accepted', 'target accepted'])
    const open = killed.body.open_positions
    expect((await state()).not_flat).toHaveLength(open)
    expect((await state()).not_flat).toContainEqual(expect.objectContaining({ symbol: held, closing: false }))
    expect((await type('/positions')).body.lines[0]).toMatch(/^HALTED, NOT FLAT: \d positions? open$/)

    const denied = await bot.propose(fresh())
    expect(denied).toMatchObject({ status: 'denied', denials: [{ code: 'TRADING_STATE' }] })
    expect((await bot.post('/api/v1/pause', {})).status).toBe(409)

    const flattened = await bot.post<{ closing: object[]; flat: boolean }>('/api/v1/positions/close-all')
    expect(flattened).toMatchObject({ status: 200, body: { flat: false, left: [] } })
    expect(flattened.body.closing).toHaveLength(open)
    expect((await state()).not_flat.every((p) => p.closing)).toBe(true)
    expect((await type('/positions')).body.lines[0]).toMatch(/closing /)
    const again = await bot.post<{ closing: object[] }>('/api/v1/positions/close-all')
    expect(again.body.closing).toEqual(flattened.body.closing)

    for (let i = 0; i < 4; i++) await bot.minutes(1)
    expect((await state()).not_flat).toEqual([])
    expect((await bot.post('/api/v1/positions/close-all')).body).toMatchObject({ closing: [], left: [], flat: true })
    expect(await bot.bot.app.broker.positions()).toEqual([])
    expect(await bot.bot.app.broker.openOrders()).toEqual([])
  })

  it('given halted, then a resume needs a reason, and entries go out again after it', async () => {
    expect((await state()).trading_state).toBe('halted')
    expect((await bot.post('/api/v1/resume', {})).status).toBeGreaterThanOrEqual(400)
    expect((await state()).trading_state).toBe('halted')
    expect((await bot.post('/api/v1/resume', { reason: 'the drill is over' })).status).toBe(200)
    const symbol = fresh()
    await bot.hold(symbol)
    expect(await positionOf(symbol)).toBeDefined()
  })

  it('given reconciling, then entries are denied and getting out is not', async () => {
    const symbol = (await read().openPositions())[0]?.symbol ?? ''
    const { status } = bot.bot.app
    status.reconciling = true
    try {
      const card = await bot.propose('AAA')
      expect(card.denials.map((d) => d.code)).toContain('RECONCILING')
      expect(await approve(card)).toMatchObject({ status: 422, body: { proposal: { status: 'pending' } } })
      await getsOut(symbol)
    } finally {
      status.reconciling = false
    }
  })
})
