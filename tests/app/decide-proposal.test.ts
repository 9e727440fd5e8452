import { describe, expect, it } from 'vitest'
import { quantity } from '../../src/domain/decimal.ts'
import type { Desk, DeskOptions } from '../support/desk.ts'
import { deskPerTest } from '../support/desk-per-test.ts'

describe('deciding a proposal', () => {
  const freshDesk = deskPerTest()
  let desk: Desk
  const open = async (options?: DeskOptions) => {
    desk = await freshDesk(options)
  }
  const tap = async (version = 1, symbol = 'ACME') => desk.app.approve((await desk.proposal(symbol)).id, { version }, desk.by())

  it('given a card, when fewer shares are approved, then that many are ordered and the risk shrinks with them', async () => {
    await open()
    await desk.alert()
    const { id, terms } = await desk.proposal()
    const result = await desk.app.approve(id, { version: 1, quantity: quantity('7') }, desk.by())
    await desk.app.settled()
    expect(result).toMatchObject({ outcome: 'approved' })
    const [order] = await desk.orders()
    expect(order?.quantity.toFixed()).toBe('7')
    const approved = await desk.proposal()
    expect(approved.terms.riskAmount.toFixed()).toBe(terms.limitPrice.minus(terms.stopLoss).times(quantity('7')).toFixed())
  })

  it.each([['0'], ['100000']])('given a card, when %s shares are approved, then it is refused and stays open', async (size) => {
    await open()
    await desk.alert()
    const { id } = await desk.proposal()
    const result = await desk.app.approve(id, { version: 1, quantity: quantity(size) }, desk.by())
    expect(result).toMatchObject({ outcome: 'refused', refusal: { code: 'QUANTITY_OUT_OF_RANGE' }, proposal: { status: 'pending' } })
  })

  it('given a card, when too few shares for the smallest position are approved, then it says so and stays open for the rest', async () => {
    await open({ settings: { risk: { position_too_small: { usd: 1000 } } } })
    await desk.alert()
    const { id } = await desk.proposal()
    const result = await desk.app.approve(id, { version: 1, quantity: quantity('1') }, desk.by())
    expect(result).toMatchObject({ outcome: 'denied', denials: [{ code: 'POSITION_TOO_SMALL' }], proposal: { status: 'pending' } })
    expect(await tap()).toMatchObject({ outcome: 'approved' })
  })

  it('given no such proposal, then both taps say so', async () => {
    await open()
    expect(await desk.app.approve('nobody', { version: 1 }, desk.by())).toEqual({ outcome: 'not_found' })
    expect(await desk.app.decline('nobody', null, desk.by())).toEqual({ outcome: 'not_found' })
  })

  it('given a decline without a reason, when a reason comes afterwards, then it is kept with the first decider, from nobody but that one or an owner', async () => {
    await open()
    await desk.alert()
    const { id } = await desk.proposal()
    expect((await desk.app.decline(id, null, desk.by('discord:1'))).outcome).toBe('declined')
    const stranger = await desk.app.decline(id, 'too thick', desk.by('discord:2'))
    expect(stranger).toMatchObject({ outcome: 'refused', refusal: { code: 'NOT_YOURS' }, proposal: { reason: null } })
    expect((await desk.app.decline(id, 'too thin', desk.by('discord:1'))).outcome).toBe('declined')
    expect(await desk.proposal()).toMatchObject({ status: 'declined', decidedBy: 'discord:1', reason: 'too thin' })
    expect((await desk.app.giveReason(id, 'too late', desk.by())).outcome).toBe('declined')
    expect(await desk.proposal()).toMatchObject({ decidedBy: 'discord:1', reason: 'too late' })
    expect((await tap()).outcome).toBe('refused')
  })

  it('given two taps at once, then one order is made', async () => {
    await open()
    await desk.alert()
    const outcomes = (await Promise.all([tap(), tap(), tap()])).map(({ outcome }) => outcome).sort()
    await desk.app.settled()
    expect(outcomes).toEqual(['approved', 'refused', 'refused'])
    expect(await desk.orders()).toHaveLength(3) // The entry and its two legs.
    expect((await desk.orders()).filter((o) => o.role === 'entry')).toHaveLength(1)
  })

  it('given a price beyond the ceiling, then the card asks again, and lapses when the price keeps running', async () => {
    await open({ settings: { simulation: { latency_ms: 0 }, approvals: { max_repricings: 2 } } })
    await desk.alert()
    for (const [version, at] of [
      [1, '102'],
      [2, '104.5'],
    ] as const) {
      desk.market.set('ACME', at)
      const result = await tap(version)
      expect(result).toMatchObject({ outcome: 'repriced', proposal: { status: 'pending' } })
      expect((await desk.proposal()).terms.version).toBe(version + 1)
      expect(await tap(version)).toMatchObject({ outcome: 'refused', refusal: { code: 'OTHER_VERSION' } })
    }
    desk.market.set('ACME', '107')
    expect(await tap(3)).toMatchObject({ outcome: 'refused', refusal: { code: 'EXPIRED' }, proposal: { status: 'expired' } })
    expect((await desk.proposal()).reason).toContain('moved away 2 times')
    expect(await desk.orders()).toEqual([])
  })

  it('given a price that fell through the stop, then the old terms are not sent: the card asks again at the new price', async () => {
    await open()
    await desk.alert()
    const { terms } = await desk.proposal()
    desk.market.set('ACME', terms.stopLoss.toFixed())
    expect(await tap()).toMatchObject({ outcome: 'repriced' })
    const { terms: again } = await desk.proposal()
    expect(again.stopLoss.lt(terms.stopLoss)).toBe(true)
    expect(await desk.orders()).toEqual([])
  })

  it('given no quote, then the tap is denied for it, and the card stays open for a later one', async () => {
    await open()
    await desk.alert()
    desk.market.quoting(false)
    const result = await tap()
    expect(result).toMatchObject({ outcome: 'denied', proposal: { status: 'pending' } })
    expect(result.outcome === 'denied' && result.denials.map((d) => d.code)).toContain('QUOTE_STALE')
    desk.market.quoting(true)
    expect((await tap()).outcome).toBe('approved')
  })

  it('given a card that nobody answered, when its time is up, then it expires and a tap finds it so', async () => {
    await open()
    await desk.alert()
    await desk.market.pass(29 * 60)
    await desk.app.expireProposals()
    expect((await desk.proposal()).status).toBe('pending')
    await desk.market.pass(61)
    expect(await tap()).toMatchObject({ outcome: 'refused', refusal: { code: 'EXPIRED' } })
    await desk.app.expireProposals()
    expect(await desk.proposal()).toMatchObject({ status: 'expired', reason: 'nobody decided in time' })
  })

  it('given what is held, when a sell signal is approved, then the position is closed and the trade says why', async () => {
    await open()
    const position = await desk.hold()
    await desk.alert({ side: 'sell' })
    expect(await desk.proposal()).toMatchObject({
      side: 'sell',
      intent: 'reduce',
      terms: { sizedBy: `all ${position.quantity.toFixed()} held` },
    })
    await desk.approve()
    for (let i = 0; i < 3; i++) await desk.turn()
    expect(await desk.app.read.position(position.id)).toMatchObject({ status: 'closed', exitReason: 'signal' })
    expect(await desk.broker.positions()).toEqual([])
    expect(await desk.broker.openOrders()).toEqual([])
  })

  it('given a sell signal whose position was closed meanwhile, then the tap is refused and the card ends', async () => {
    await open()
    const position = await desk.hold()
    await desk.alert({ side: 'sell' })
    await desk.app.closePosition(position.id, 'manual', desk.by())
    for (let i = 0; i < 3; i++) await desk.turn()
    expect(await tap()).toMatchObject({ outcome: 'refused', refusal: { code: 'POSITION_CLOSED' }, proposal: { status: 'expired' } })
  })

  it('given two sell signals for one position, then they share one close', async () => {
    await open()
    const position = await desk.hold()
    await desk.app.closePosition(position.id, 'manual', desk.by())
    await desk.alert({ side: 'sell' })
    await desk.approve()
    expect((await desk.orders()).filter((o) => o.role === 'close')).toHaveLength(1)
  })

  it('given shorting is on, when a sell signal is approved, then a short opens with its stop above and its target below', async () => {
    await open({ settings: { shorting: true, simulation: { latency_ms: 0, partial_fill_rate: 0, reject_rate: 0 } } })
    const position = await desk.hold('ACME', { side: 'sell' })
    expect(position.side).toBe('short')
    expect(position.stopLoss?.gt(position.entryPrice)).toBe(true)
    expect(position.takeProfit?.lt(position.entryPrice)).toBe(true)
    expect(await desk.statuses()).toEqual(['entry filled', 'stop accepted', 'target accepted'])
    await desk.turn('ACME', '110')
    expect(await desk.app.read.position(position.id)).toMatchObject({ status: 'closed', exitReason: 'stop_loss' })
  })
})
