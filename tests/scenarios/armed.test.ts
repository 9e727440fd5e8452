import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Desk } from '../support/desk.ts'
import { deskPerTest } from '../support/desk-per-test.ts'
import { monday, type ReplayBot, startReplayBot, tuesday } from '../support/replay-bot.ts'
import { evening, nextOpen } from '../support/samples.ts'

const minuteMs = 60_000

describe('an approval given while the market is shut', () => {
  let bot: ReplayBot
  const overnight = (percent: number) => (day: number) => (day === 0 ? 100 : 100 + percent)
  beforeAll(async () => {
    const prices = { HOLD: overnight(0.5), GAPS: overnight(6), SINKS: overnight(-8), NOPE: overnight(0) }
    bot = await startReplayBot(prices, monday.close - 40 * minuteMs)
    await bot.advance(monday.close + 10 * minuteMs)
  }, 180_000)
  afterAll(() => bot.stop())
  const arm = async (symbol: string) => {
    const card = await bot.propose(symbol)
    expect(card).toMatchObject({
      status: 'pending',
      denials: expect.arrayContaining([expect.objectContaining({ code: 'OUTSIDE_SESSION' })]),
    })
    const { status, body } = await bot.post(`/api/v1/proposals/${card.id}/approve`, { version: card.version })
    expect({ status, body }).toMatchObject({ status: 200, body: { status: 'armed', decided_by: 'console:local', denials: [] } })
    return card.id
  }

  it('waits armed, is judged at the open, and is sent, withdrawn or let go as the price has it', async () => {
    const [holds, gaps, sinks, declined] = [await arm('HOLD'), await arm('GAPS'), await arm('SINKS'), await arm('NOPE')]
    expect((await bot.post(`/api/v1/proposals/${declined}/decline`, { reason: 'slept on it' })).body).toMatchObject({ status: 'declined' })
    expect((await bot.post(`/api/v1/proposals/${holds}/approve`, { version: 1 })).status).toBe(409)
    await bot.advance(tuesday.open - minuteMs)
    await bot.bot.app.releaseArmed()
    expect((await bot.proposal(holds)).status).toBe('armed')
    expect(await bot.bot.app.read.workingOrders()).toEqual([])

    await bot.advance(tuesday.open + minuteMs)
    await bot.bot.app.releaseArmed()
    await bot.bot.app.settled()
    expect(await bot.proposal(holds)).toMatchObject({ status: 'approved', decided_by: 'console:local' })
    expect(await bot.proposal(gaps)).toMatchObject({
      status: 'expired',
      reason: expect.stringMatching(/gapped past the most it was approved for/),
    })
    expect(await bot.proposal(sinks)).toMatchObject({ status: 'expired', reason: expect.stringMatching(/gapped through its stop/) })
    expect(await bot.proposal(declined)).toMatchObject({ status: 'declined', reason: 'slept on it' })

    await bot.minutes(2)
    const open = await bot.bot.app.read.openPositions()
    expect(open.map((p) => p.symbol)).toEqual(['HOLD'])
    expect(await bot.roles('HOLD')).toEqual(['entry filled', 'stop accepted', 'target accepted'])
  }, 180_000)
})

describe('an armed proposal', () => {
  const freshDesk = deskPerTest()
  let desk: Desk
  beforeEach(async () => {
    desk = await freshDesk()
    await desk.market.at(evening)
  })
  const tap = async (symbol = 'ACME') => desk.app.approve((await desk.proposal(symbol)).id, { version: 1 }, desk.by())
  const arm = async (symbol = 'ACME') => {
    await desk.alert({ symbol })
    const result = await tap(symbol)
    expect(result.outcome).toBe('armed')
    return desk.proposal(symbol)
  }
  const release = async () => {
    await desk.app.releaseArmed()
    await desk.app.settled()
  }

  it('given something passing stands in its way at the open, then that is stored once, and it goes out when it is gone', async () => {
    const { id } = await arm()
    await desk.market.at(nextOpen)
    desk.market.halted.add('ACME')
    for (let i = 0; i < 4; i++) await release()
    expect(await desk.proposal()).toMatchObject({ status: 'armed', denials: [{ code: 'SYMBOL_HALTED' }] })
    const events = await desk.app.read.events({ stream: `proposal:${id}` }, 50)
    expect(events.filter((e) => e.event.type === 'ProposalDenied').map((e) => e.actor)).toEqual(['system', 'system'])
    desk.market.halted.clear()
    await release()
    expect(await desk.proposal()).toMatchObject({ status: 'approved', denials: [] })
  })

  it('given a kill, then it is voided and nothing is sent at the open', async () => {
    await arm()
    expect((await desk.app.kill('drill', desk.by())).voidedProposals).toBe(1)
    await desk.market.at(nextOpen)
    await release()
    expect(await desk.proposal()).toMatchObject({ status: 'voided', reason: 'drill' })
    expect(await desk.orders()).toEqual([])
  })

  it('given the bot was away until after its time, then it is not sent, whichever job comes first', async () => {
    await arm()
    await desk.market.at('2013-10-08T15:00:00Z')
    await release()
    expect(await desk.orders()).toEqual([])
    await desk.app.expireProposals()
    expect(await desk.proposal()).toMatchObject({ status: 'expired' })
  })

  it('given a pause, then nothing can be armed: the tap says so and the card stays', async () => {
    await desk.alert()
    await desk.app.pause('lunch', { cancelEntries: false }, desk.by())
    expect(await tap()).toMatchObject({ outcome: 'denied', denials: [{ code: 'TRADING_STATE' }], proposal: { status: 'pending' } })
    await desk.app.resume('', desk.by())
    expect((await tap()).outcome).toBe('armed')
  })

  it('given a pause over the open, then it waits, and goes out after the resume', async () => {
    await arm()
    await desk.app.pause('lunch', { cancelEntries: false }, desk.by())
    await desk.market.at(nextOpen)
    await release()
    expect(await desk.proposal()).toMatchObject({ status: 'armed', denials: [{ code: 'TRADING_STATE' }] })
    await desk.app.resume('', desk.by())
    await release()
    expect((await desk.proposal()).status).toBe('approved')
  })
})
