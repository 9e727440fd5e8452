import { describe, expect, it } from 'vitest'
import { price, quantity, usd } from '../../src/domain/decimal.ts'
import { riskReducing } from '../../src/domain/risk/verdict.ts'
import type { Broker, BrokerUpdate } from '../../src/ports/broker.ts'
import type { Desk, DeskOptions } from '../support/desk.ts'
import { deskPerTest } from '../support/desk-per-test.ts'

/** Faults that a test switches on and off between the bot and its broker. */
function faultyBroker() {
  const faults = { before: false, after: false, exits: false, cancels: false, positions: false }
  let tell: (update: BrokerUpdate) => Promise<void> = () => Promise.reject(new Error('not connected'))
  let sent = 0
  const wrap = (broker: Broker): Broker => ({
    ...broker,
    connect(listener) {
      tell = (update) => listener(update, null)
      return broker.connect(listener)
    },
    async submitEntry(entry) {
      sent += 1
      if (faults.before) throw new Error('the line went dead')
      const result = await broker.submitEntry(entry)
      if (faults.after) throw new Error('the answer was lost')
      return result
    },
    async submitReducing(order) {
      if (faults.exits) throw new Error('the line went dead')
      return broker.submitReducing(order)
    },
    async cancel(id) {
      if (faults.cancels) throw new Error('busy')
      return broker.cancel(id)
    },
    positions: async () => (faults.positions ? [] : broker.positions()),
  })
  return { faults, wrap, tell: (update: BrokerUpdate) => tell(update), sent: () => sent }
}

describe('an order on its way', () => {
  const freshDesk = deskPerTest()
  let desk: Desk
  let line: ReturnType<typeof faultyBroker>
  const open = async (options: DeskOptions = {}) => {
    line = faultyBroker()
    desk = await freshDesk({ wrapBroker: line.wrap, ...options })
  }
  const reconcile = async () => {
    await desk.app.reconcile()
    await desk.app.settled()
  }
  const approve = async () => {
    await desk.alert()
    await desk.approve()
  }

  it('given an answer that was lost after it arrived, then its fate is unknown until reconciling adopts the one order', async () => {
    await open()
    line.faults.after = true
    await approve()
    expect(await desk.statuses()).toEqual(['entry unknown'])
    await reconcile()
    await desk.turn()
    expect(await desk.statuses()).toEqual(['entry filled', 'stop accepted', 'target accepted'])
    expect(line.sent()).toBe(1)
    expect(await desk.broker.positions()).toHaveLength(1)
  })

  it('given a line that went dead before, when it certainly never arrived, then it is sent again under the same id', async () => {
    await open()
    line.faults.before = true
    await approve()
    expect(await desk.statuses()).toEqual(['entry unknown'])
    line.faults.before = false
    await reconcile()
    await desk.turn()
    expect(await desk.statuses()).toEqual(['entry filled', 'stop accepted', 'target accepted'])
    expect(line.sent()).toBe(2)
    expect(await desk.broker.positions()).toHaveLength(1)
  })

  it('given it never arrived and its approval grew old, then it is canceled, not sent', async () => {
    await open()
    line.faults.before = true
    await approve()
    line.faults.before = false
    await desk.market.pass(61)
    await reconcile()
    expect(await desk.statuses()).toEqual(['entry canceled'])
    expect(line.sent()).toBe(1)
  })

  it('given it never arrived and trading was halted since, then it is canceled, not sent', async () => {
    await open()
    line.faults.before = true
    await approve()
    line.faults.before = false
    await desk.app.kill('drill', desk.by())
    await reconcile()
    expect(await desk.statuses()).toEqual(['entry canceled'])
    expect(line.sent()).toBe(1)
  })

  it('given an answer lost in a kill, when it turns out to be at work, then it is canceled', async () => {
    await open()
    line.faults.after = true
    await approve()
    await desk.app.kill('drill', desk.by())
    await reconcile()
    await desk.market.pass(1)
    await desk.app.settled()
    expect(await desk.statuses()).toEqual(['entry canceled', 'stop canceled', 'target canceled'])
    expect(await desk.broker.openOrders()).toEqual([])
  })

  it.each([
    ['trading was paused', 'trading is paused', () => desk.app.pause('lunch', { cancelEntries: false }, desk.by())],
    ['its approval grew old', 'approved too long ago to be sent', () => desk.market.pass(61)],
  ])('given an entry that waits to be sent, when %s meanwhile, then it is canceled, not sent', async (_, reason, happens) => {
    await open()
    line.faults.before = true
    await approve()
    line.faults.before = false
    desk.app.status.reconciling = true
    await reconcile()
    expect(await desk.statuses()).toEqual(['entry ready'])
    await happens()
    desk.app.status.reconciling = false
    await desk.app.tendOrders()
    await desk.app.settled()
    expect(await desk.orders()).toMatchObject([{ status: 'canceled', reason }])
    expect(line.sent()).toBe(1)
  })

  it('given a close that waits, when the stop takes the position first, then the close is dropped', async () => {
    await open()
    const position = await desk.hold()
    line.faults.cancels = true
    await desk.app.closePosition(position.id, 'manual', desk.by())
    await desk.app.settled()
    await desk.turn('ACME', '90')
    expect(await desk.app.read.position(position.id)).toMatchObject({ status: 'closed', exitReason: 'stop_loss' })
    expect((await desk.orders()).find((o) => o.role === 'close')).toMatchObject({ status: 'canceled', reason: 'nothing is left to close' })
    expect(await desk.broker.positions()).toEqual([])
  })

  it('given the broker rejects an entry, then everybody is told why and nothing is held', async () => {
    await open({ settings: { simulation: { partial_fill_rate: 0, latency_ms: 0, reject_rate: 1 } } })
    await approve()
    await desk.turn()
    expect(await desk.statuses()).toContain('entry rejected')
    expect(desk.cards.some((card) => card.title.startsWith('The broker rejected buy'))).toBe(true)
    expect(await desk.app.read.openPositions()).toEqual([])
  })

  it('given an entry that fills in part, when its time is up, then the rest is canceled and what was bought is protected', async () => {
    await open()
    await approve()
    await desk.turn('ACME', null, 10)
    const position = await desk.app.read.openPosition('ACME')
    expect(position?.quantity.toFixed()).toBe('10')
    await desk.market.pass(61)
    await desk.app.tendOrders()
    for (let i = 0; i < 4; i++) await desk.turn('BETA')
    const orders = await desk.orders()
    const stop = orders.find((o) => o.role === 'stop' && o.status === 'accepted')
    expect(orders.find((o) => o.role === 'entry')?.status).toBe('canceled')
    expect(stop?.quantity.toFixed()).toBe('10')
    expect(stop?.stopPrice?.toFixed()).toBe(position?.stopLoss?.toFixed())
    expect((await desk.app.read.openPosition('ACME'))?.unprotected).toBe(false)
  })

  it('given a lost leg, then a new pair takes its place', async () => {
    await open()
    const position = await desk.hold()
    const stop = (await desk.broker.openOrders()).find((o) => o.legRole === 'stop')
    await desk.broker.cancel(stop?.brokerOrderId ?? '')
    await desk.market.pass(1)
    await desk.app.settled()
    for (let i = 0; i < 20; i++) {
      await desk.market.pass(2)
      await desk.app.tendOrders()
      await desk.app.settled()
    }
    const live = (await desk.orders()).filter((o) => o.status === 'accepted')
    expect(live.map((o) => o.role).sort()).toEqual(['stop', 'target'])
    expect(live.every((o) => o.quantity.eq(position.quantity))).toBe(true)
    expect((await desk.app.read.position(position.id))?.unprotected).toBe(false)
  })

  it('given an exit whose answer was lost before it arrived, then reconciling sends it again, in any trading state', async () => {
    await open()
    const position = await desk.hold()
    await desk.app.kill('drill', desk.by())
    line.faults.exits = true
    await desk.app.flatten('kill', desk.by())
    for (let i = 0; i < 3; i++) await desk.turn()
    expect((await desk.orders()).find((o) => o.role === 'close')?.status).toBe('unknown')
    line.faults.exits = false
    await reconcile()
    for (let i = 0; i < 3; i++) await desk.turn()
    expect(await desk.app.read.position(position.id)).toMatchObject({ status: 'closed', exitReason: 'kill' })
  })

  it('given a kill whose cancel fails, then it is repeated until the entry is gone', async () => {
    await open()
    await approve()
    line.faults.cancels = true
    await desk.app.kill('drill', desk.by())
    expect((await desk.orders()).find((o) => o.role === 'entry')?.status).toBe('accepted')
    expect(desk.logged.some(({ message }) => message.includes('a cancel request failed'))).toBe(true)
    line.faults.cancels = false
    expect((await desk.app.kill('again', desk.by())).canceledOrders).toBe(1)
    await desk.market.pass(1)
    await desk.app.settled()
    expect((await desk.orders()).find((o) => o.role === 'entry')?.status).toBe('canceled')
  })

  it('given positions that differ at one look, then nothing happens; given they still differ at the next, then trading halts', async () => {
    await open()
    await desk.hold()
    line.faults.positions = true
    await desk.app.reconcile()
    expect((await desk.app.read.tradingState()).state).toBe('active')
    await desk.app.reconcile()
    const { state, cause } = await desk.app.read.tradingState()
    expect(state).toBe('halted')
    expect(cause).toContain('ACME: our books say long')
    expect(await desk.app.resume('looks fine to me', desk.by())).toMatchObject({ ok: false, refusal: { code: 'NOT_RECONCILED' } })
    line.faults.positions = false
    expect(await desk.app.resume('it was the broker', desk.by())).toMatchObject({ ok: true })
  })

  it('given an order that somebody placed at the broker, then it is adopted, and what it closes says so', async () => {
    await open()
    const position = await desk.hold()
    for (const leg of await desk.broker.openOrders()) await desk.broker.cancel(leg.brokerOrderId)
    await desk.market.pass(1)
    const held = { symbol: 'ACME', side: 'long' as const, quantity: position.quantity }
    const own = { clientOrderId: 'by-hand', symbol: 'ACME', side: 'sell' as const, type: 'market' as const, timeInForce: 'day' as const }
    await desk.broker.submitReducing(
      riskReducing(
        {
          ...own,
          quantity: position.quantity,
          ...{ limitPrice: null, stopPrice: null, trailPercent: null, extendedHours: false, bracket: null },
        },
        held,
      ),
    )
    await reconcile()
    for (let i = 0; i < 3; i++) await desk.turn()
    await reconcile()
    expect(await desk.app.read.position(position.id)).toMatchObject({ status: 'closed', exitReason: 'external' })
  })

  it('given a fill of an order that nobody knows, then it is noted, not lost and not guessed', async () => {
    await open()
    const execution = { reportedAs: null, executionId: 'x1', brokerOrderId: 'stranger', symbol: 'ACME', side: 'buy' as const }
    const at = new Date(desk.market.clock.now()).toISOString()
    await line.tell({ type: 'execution', execution: { ...execution, quantity: quantity('5'), price: price('100'), fees: usd('0'), at } })
    expect(desk.logged.some(({ message }) => message.includes('not known yet'))).toBe(true)
    expect(await desk.app.read.openPositions()).toEqual([])
  })

  it('given a split, then the books take it once, however often it is told', async () => {
    await open()
    const position = await desk.hold()
    const split = { type: 'split' as const, id: 's1', symbol: 'ACME', ratio: '2', at: new Date(desk.market.clock.now()).toISOString() }
    await line.tell(split)
    await line.tell(split)
    const after = await desk.app.read.position(position.id)
    expect(after?.quantity.toFixed()).toBe(position.quantity.times(quantity('2')).toFixed())
    expect((await desk.orders()).filter((o) => o.status === 'accepted').every((o) => o.quantity.eq(after?.quantity ?? quantity('0')))).toBe(
      true,
    )
  })

  it.each([
    ['canceled', 'canceled'],
    ['expired', 'expired'],
    ['replaced', 'replaced'],
    ['rejected', 'rejected'],
  ] as const)('given the broker says an entry is %s, then the books say so', async (told, booked) => {
    await open()
    await approve()
    const [order] = (await desk.broker.openOrders()).filter((o) => o.parentBrokerOrderId === null)
    if (!order) throw new Error('no entry at the broker')
    await line.tell({ type: 'order', order: { ...order, status: told }, reason: told === 'rejected' ? 'no longer wanted' : null })
    await line.tell({ type: 'order', order: { ...order, status: 'pending_cancel' }, reason: null })
    expect((await desk.orders()).find((o) => o.role === 'entry')?.status).toBe(booked)
  })

  it('given stop and target that both filled, then the accident is flagged and closed', async () => {
    await open()
    const position = await desk.hold()
    const target = (await desk.orders()).find((o) => o.role === 'target')
    await desk.turn('ACME', '90')
    expect(await desk.app.read.position(position.id)).toMatchObject({ status: 'closed', exitReason: 'stop_loss' })
    const at = new Date(desk.market.clock.now()).toISOString()
    const late = {
      reportedAs: null,
      executionId: 'late',
      brokerOrderId: target?.brokerOrderId ?? '',
      symbol: 'ACME',
      side: 'sell' as const,
    }
    await line.tell({ type: 'execution', execution: { ...late, quantity: position.quantity, price: price('106'), fees: usd('0'), at } })
    await desk.app.settled()
    await desk.app.tendOrders()
    await desk.app.settled()
    const stray = await desk.app.read.openPosition('ACME')
    expect(stray).toMatchObject({ side: 'short', unprotected: true })
    expect((await desk.orders()).some((o) => o.role === 'close' && o.side === 'buy')).toBe(true)
  })
})
