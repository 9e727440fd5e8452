import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { price, quantity, text } from '../../src/domain/decimal.ts'
import type { Broker, BrokerUpdate } from '../../src/ports/broker.ts'
import { alpacaBench } from '../adapters/brokers/alpaca/bench.ts'
import { bracket, cleared, reducing, world } from '../adapters/brokers/world.ts'
import { memoryStore } from '../adapters/memory-store.ts'

/** A broker under test, and the market it trades on: `ACME`, first at 100.00 with a spread of two cents. */
interface Bench {
  readonly broker: Broker
  readonly updates: readonly BrokerUpdate[]
  /** Trades at a price; what it leads to is told before it resolves. */
  trade(at: string, available?: number): Promise<void>
  stop(): Promise<void>
}

/** One line for each broker that must behave so. */
const benches: readonly { readonly name: string; readonly create: () => Promise<Bench> }[] = [
  {
    name: 'simulated',
    async create() {
      const { broker, market, updates } = await world(memoryStore())
      return { broker, updates, trade: market.trade, stop: () => broker.disconnect() }
    },
  },
  { name: 'alpaca', create: alpacaBench },
]

describe.each(benches)('the $name broker', ({ create }) => {
  let bench: Bench
  beforeEach(async () => {
    bench = await create()
  })
  afterEach(() => bench.stop())
  const shares = async (): Promise<string | null> => {
    const position = (await bench.broker.positions()).find((p) => p.symbol === 'ACME')
    return position ? `${position.side} ${text(position.quantity)}` : null
  }
  const enter = async (clientOrderId = 'c1') => {
    const result = await bench.broker.submitEntry(cleared({ clientOrderId, bracket }))
    if (result.outcome !== 'accepted') throw new Error(`not accepted: ${JSON.stringify(result)}`)
    return result
  }
  const statusOf = async (clientOrderId: string): Promise<string | undefined> =>
    (await bench.broker.orderByClientId(clientOrderId))?.order.status

  it('accepts a bracket with its two legs held', async () => {
    const { order, legs } = await enter()
    expect(order).toMatchObject({ clientOrderId: 'c1', status: 'accepted', parentBrokerOrderId: null })
    expect(legs.map((l) => [l.legRole, l.status, l.parentBrokerOrderId, l.ticket.side])).toEqual([
      ['target', 'held', order.brokerOrderId, 'sell'],
      ['stop', 'held', order.brokerOrderId, 'sell'],
    ])
    expect((await bench.broker.openOrders()).length).toBe(3)
  })

  it('lets nothing leave whose permit has run out, and says that it does not know of it', async () => {
    const permit = { obstacle: () => 'not sent: claimed too long ago' }
    const withheld = { outcome: 'unknown', reason: 'not sent: claimed too long ago' }
    expect(await bench.broker.submitEntry(cleared({ clientOrderId: 'late', bracket }), permit)).toEqual(withheld)
    expect(await bench.broker.orderByClientId('late')).toBeNull()
    const inTime = await bench.broker.submitEntry(cleared({ clientOrderId: 'late', limitPrice: price('90') }), { obstacle: () => null })
    if (inTime.outcome !== 'accepted') throw new Error(`not accepted: ${JSON.stringify(inTime)}`)
    await bench.broker.cancel(inTime.order.brokerOrderId)
    await bench.trade('100')
    await enter()
    await bench.trade('100')
    const found = await bench.broker.orderByClientId('c1')
    const stop = found?.legs.find((leg) => leg.legRole === 'stop')
    const change = { clientOrderId: 'moved', stopPrice: price('97') }
    expect(await bench.broker.replace(stop?.brokerOrderId ?? '', change, permit)).toEqual(withheld)
    expect(await bench.broker.submitReducing(reducing({ clientOrderId: 'out' }), permit)).toEqual(withheld)
    expect((await bench.broker.openOrders()).map((order) => order.brokerOrderId).sort()).toEqual(
      found?.legs.map((leg) => leg.brokerOrderId).sort(),
    )
  })

  it('fills the entry, brings the legs to life and reports the execution once', async () => {
    const { order } = await enter()
    await bench.trade('100')
    const executions = bench.updates.flatMap((u) => (u.type === 'execution' ? [u.execution] : []))
    expect(executions.map((e) => [e.brokerOrderId, text(e.quantity), text(e.price)])).toEqual([[order.brokerOrderId, '100', '100.01']])
    expect(await shares()).toBe('long 100')
    const found = await bench.broker.orderByClientId('c1')
    expect([found?.order.status, ...(found?.legs.map((l) => l.status) ?? [])]).toEqual(['filled', 'accepted', 'accepted'])
  })

  it('cancels the target when the stop fills', async () => {
    await enter()
    await bench.trade('100')
    await bench.trade('94')
    const found = await bench.broker.orderByClientId('c1')
    expect(found?.legs.map((l) => [l.legRole, l.status])).toEqual([
      ['target', 'canceled'],
      ['stop', 'filled'],
    ])
    expect(await shares()).toBeNull()
    expect(await bench.broker.openOrders()).toEqual([])
  })

  it('keeps legs held while the entry is filled in part', async () => {
    await enter()
    await bench.trade('100', 40)
    expect(await shares()).toBe('long 40')
    const found = await bench.broker.orderByClientId('c1')
    expect([found?.order.status, ...(found?.legs.map((l) => l.status) ?? [])]).toEqual(['partially_filled', 'held', 'held'])
  })

  it('answers a second order with the same client id with the first one', async () => {
    const first = await enter()
    const second = await bench.broker.submitEntry(cleared({ clientOrderId: 'c1', quantity: quantity('7') }))
    expect(second).toMatchObject({ outcome: 'duplicate', order: { brokerOrderId: first.order.brokerOrderId } })
    await bench.trade('100')
    expect(await shares()).toBe('long 100')
    expect((await bench.broker.submitEntry(cleared({ clientOrderId: 'c1' }))).outcome).toBe('duplicate')
  })

  it('does not close shares that legs hold; it does when the legs are canceled', async () => {
    const { legs } = await enter()
    await bench.trade('100')
    expect(await bench.broker.submitReducing(reducing({ clientOrderId: 'x1' }))).toMatchObject({
      outcome: 'rejected',
      code: 'held_for_orders',
    })
    for (const leg of legs) await bench.broker.cancel(leg.brokerOrderId)
    await bench.trade('100')
    expect((await bench.broker.submitReducing(reducing({ clientOrderId: 'x2' }))).outcome).toBe('accepted')
    await bench.trade('100')
    expect(await shares()).toBeNull()
  })

  it('protects with a one-cancels-other pair: the target is the parent, the stop its leg', async () => {
    await bench.broker.submitEntry(cleared())
    await bench.trade('100')
    const pair = { type: 'limit' as const, limitPrice: price('110'), bracket }
    const result = await bench.broker.submitReducing(reducing({ clientOrderId: 'oco', ...pair }))
    expect(result).toMatchObject({ outcome: 'accepted', order: { status: 'accepted' }, legs: [{ legRole: 'stop', status: 'accepted' }] })
    await bench.trade('111')
    expect(await statusOf('oco')).toBe('filled')
    expect(await bench.broker.openOrders()).toEqual([])
    expect(await shares()).toBeNull()
  })

  it('takes a cancel as a request, answered by an update', async () => {
    const { order } = await bench.broker.submitEntry(cleared({ limitPrice: price('90') })).then((r) => {
      if (r.outcome !== 'accepted') throw new Error('not accepted')
      return r
    })
    await bench.broker.cancel(order.brokerOrderId)
    await bench.trade('100')
    expect(
      bench.updates.some((u) => u.type === 'order' && u.order.brokerOrderId === order.brokerOrderId && u.order.status === 'canceled'),
    ).toBe(true)
    await expect(bench.broker.cancel(order.brokerOrderId)).resolves.toBeUndefined()
  })

  it('moves a stop: the old order is replaced, the new one protects', async () => {
    const { legs } = await enter()
    await bench.trade('100')
    const stop = legs.find((l) => l.legRole === 'stop')
    const moved = await bench.broker.replace(stop?.brokerOrderId ?? '', { clientOrderId: 'stop-2', stopPrice: price('98') })
    expect(moved).toMatchObject({ outcome: 'accepted', order: { clientOrderId: 'stop-2', status: 'accepted' } })
    await bench.trade('97.5')
    expect(await statusOf('stop-2')).toBe('filled')
    expect(await shares()).toBeNull()
    expect(await bench.broker.replace(stop?.brokerOrderId ?? '', { clientOrderId: 'stop-3', stopPrice: price('97') })).toMatchObject({
      outcome: 'rejected',
    })
  })

  it('takes an entry that brings its stop alone', async () => {
    const alone = { stopLoss: price('95'), takeProfit: null }
    const result = await bench.broker.submitEntry(cleared({ bracket: alone }))
    expect(result).toMatchObject({ outcome: 'accepted', legs: [{ legRole: 'stop', status: 'held' }] })
    await bench.trade('100')
    await bench.trade('94')
    expect(await shares()).toBeNull()
  })

  it('cancels everything at one request, held legs as well', async () => {
    await enter()
    await bench.broker.submitEntry(cleared({ clientOrderId: 'c2', limitPrice: price('90') }))
    expect(await bench.broker.cancelEverything()).toEqual([])
    await bench.trade('100')
    expect(await bench.broker.openOrders()).toEqual([])
    expect(await shares()).toBeNull()
  })

  it('lists orders of any status from a time on', async () => {
    const { order } = await enter()
    await bench.broker.cancel(order.brokerOrderId)
    await bench.trade('100')
    const since = await bench.broker.ordersSince('2000-01-01T00:00:00.000Z')
    expect(since.map((o) => [o.legRole, o.status])).toEqual([
      [null, 'canceled'],
      ['target', 'canceled'],
      ['stop', 'canceled'],
    ])
    expect(await bench.broker.ordersSince('2100-01-01T00:00:00.000Z')).toEqual([])
  })

  it.each([
    ['a symbol it does not know', { symbol: 'NOPE' }],
    ['a price with parts of a cent', { limitPrice: price('100.005') }],
    ['more than the buying power', { quantity: quantity('100000') }],
  ])('rejects %s, in words', async (_, over) => {
    const result = await bench.broker.submitEntry(cleared(over))
    expect(result.outcome).toBe('rejected')
    if (result.outcome === 'rejected') expect(result.reason.length).toBeGreaterThan(10)
    expect(await bench.broker.orderByClientId('c1')).toBeNull()
  })

  it('rejects a short sale of what cannot be borrowed', async () => {
    expect(await bench.broker.submitEntry(cleared({ symbol: 'HARD', side: 'sell' }))).toMatchObject({ outcome: 'rejected' })
  })

  it('does not find an order that it never got', async () => {
    expect(await bench.broker.orderByClientId('never')).toBeNull()
  })

  it('lists what happened from a time on', async () => {
    await enter()
    await bench.trade('100')
    const all = await bench.broker.activitiesSince('2000-01-01T00:00:00.000Z')
    expect(all).toHaveLength(1)
    expect(await bench.broker.activitiesSince('2100-01-01T00:00:00.000Z')).toEqual([])
  })
})
