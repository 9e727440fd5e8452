import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decimal, price, quantity, text } from '../../../src/domain/decimal.ts'
import { memoryStore } from '../memory-store.ts'
import { bracket, cleared, reducing, start, world } from './world.ts'

const dayMs = 86_400_000
const everything = async (broker: Awaited<ReturnType<typeof world>>['broker']) => ({
  account: await broker.account(),
  positions: await broker.positions(),
  orders: await broker.openOrders(),
  activities: await broker.activitiesSince('2000-01-01T00:00:00Z'),
})

describe('the simulated broker after a crash', () => {
  it('remembers orders, legs, executions, positions and cash exactly', async () => {
    const store = memoryStore()
    const first = await world(store)
    await first.broker.submitEntry(cleared({ bracket }))
    await first.market.trade('100')
    await first.broker.submitEntry(cleared({ clientOrderId: 'c2', limitPrice: price('99') }))
    first.market.splits.push({ symbol: 'ACME', ratio: '2', at: first.market.clock.now() + 500 })
    await first.market.pass(1_000)
    const second = await world(store, {}, first.market)
    expect(JSON.stringify(await everything(second.broker))).toBe(JSON.stringify(await everything(first.broker)))
    expect((await second.broker.submitEntry(cleared({ clientOrderId: 'c2' }))).outcome).toBe('duplicate')
  })

  it('goes on from where it was: a leg accepted before still fires', async () => {
    const store = memoryStore()
    const first = await world(store)
    await first.broker.submitEntry(cleared({ bracket }))
    await first.market.trade('100')
    const second = await world(store)
    await second.market.pass(2_000)
    await second.market.trade('94')
    expect(await second.broker.positions()).toEqual([])
    expect(await second.broker.openOrders()).toEqual([])
  })

  it('has stored an update before it tells of it', async () => {
    const store = memoryStore()
    const { broker, market } = await world(store)
    const known: boolean[] = []
    await broker.connect(async (update) => {
      if (update.type !== 'execution') return
      const stored = await store.load('broker:simulated')
      known.push(stored.has(`execution:${update.execution.executionId}`))
    })
    await broker.submitEntry(cleared())
    await market.trade('100')
    expect(known).toEqual([true])
  })

  it('answers unknown when it could not store, and tells the truth once it can', async () => {
    const store = memoryStore()
    const { broker, market, updates } = await world(store)
    store.fails = true
    expect((await broker.submitEntry(cleared())).outcome).toBe('unknown')
    store.fails = false
    expect((await broker.submitEntry(cleared())).outcome).toBe('duplicate')
    await market.trade('100')
    expect(updates.filter((u) => u.type === 'execution')).toHaveLength(1)
  })
})

describe('the simulated broker', () => {
  it.each([
    ['stop_limit', { type: 'stop_limit', stopPrice: price('101') }],
    ['trailing_stop', { type: 'trailing_stop', limitPrice: null, trailPercent: decimal('3') }],
    ['ioc', { timeInForce: 'ioc' }],
    ['extended hours', { extendedHours: true }],
  ] as const)('rejects what it does not trade, in words: %s', async (_, over) => {
    const { broker } = await world(memoryStore())
    expect(await broker.submitEntry(cleared(over))).toMatchObject({ outcome: 'rejected', code: 'unsupported_order' })
  })

  it('cancels a hundred orders in few writes', async () => {
    const store = memoryStore()
    const { broker } = await world(store)
    for (let n = 0; n < 100; n++)
      await broker.submitEntry(cleared({ clientOrderId: `c${n}`, quantity: quantity('1'), limitPrice: price('90') }))
    const before = store.writes
    await Promise.all((await broker.openOrders()).map((o) => broker.cancel(o.brokerOrderId)))
    expect(store.writes - before).toBeLessThanOrEqual(2)
  })

  it('may still fill an order while its cancel is on the way', async () => {
    const { broker, market } = await world(memoryStore(), { latency_ms: 1_500 })
    const result = await broker.submitEntry(cleared({ limitPrice: price('99') }))
    await market.pass(2_000)
    if (result.outcome === 'accepted') await broker.cancel(result.order.brokerOrderId)
    expect((await broker.openOrders()).map((o) => o.status)).toEqual(['pending_cancel'])
    await market.trade('98', 30)
    await market.trade('99.5')
    const found = await broker.orderByClientId('c1')
    expect([found?.order.status, found && text(found.order.filledQuantity)]).toEqual(['canceled', '30'])
  })

  it('does not let an order meet a bar that began before it arrived', async () => {
    const { broker, market } = await world(memoryStore(), { latency_ms: 1_500 })
    await broker.submitEntry(cleared())
    await market.trade('100')
    await market.trade('100')
    expect(await broker.positions()).toEqual([])
    await market.trade('100')
    expect(await broker.positions()).toHaveLength(1)
  })

  it('charges fees on sales and keeps cash, equity and buying power in step', async () => {
    const { broker, market } = await world(memoryStore())
    await broker.submitEntry(cleared())
    // 100 x 100.50 are bound while the entry works.
    expect(text((await broker.account()).buyingPower)).toBe('189950')
    await market.trade('100')
    await broker.submitReducing(reducing({ clientOrderId: 'x1' }))
    await market.trade('101')
    // Bought at 100.01, sold at 100.99: SEC 10,099 x 20.60 / 1,000,000 = 0.21, TAF 0.02.
    const account = await broker.account()
    expect([text(account.cash), text(account.equity), text(account.buyingPower)]).toEqual(['100097.77', '100097.77', '200195.54'])
  })

  it('lends shares for a short sale and takes the proceeds as cash', async () => {
    const { broker, market } = await world(memoryStore())
    await broker.submitEntry(
      cleared({ side: 'sell', limitPrice: price('99.5'), bracket: { stopLoss: price('105'), takeProfit: price('90') } }),
    )
    await market.trade('100')
    expect((await broker.positions()).map((p) => [p.side, text(p.quantity)])).toEqual([['short', '100']])
    await market.trade('89')
    expect(await broker.positions()).toEqual([])
    expect((await broker.account()).equity.gt('100900')).toBe(true)
  })

  it('lets day orders expire at the close, legs and all', async () => {
    const { broker, market } = await world(memoryStore())
    await broker.submitEntry(
      cleared({ timeInForce: 'day', limitPrice: price('90'), bracket: { stopLoss: price('80'), takeProfit: price('95') } }),
    )
    await market.pass(7 * 3_600_000)
    expect(await broker.openOrders()).toEqual([])
    expect((await broker.orderByClientId('c1'))?.order.status).toBe('expired')
  })

  it('fills nothing outside of the regular session', async () => {
    const { broker, market } = await world(memoryStore())
    await broker.submitEntry(cleared())
    await market.pass(7 * 3_600_000)
    await market.trade('100')
    expect(await broker.positions()).toEqual([])
  })

  it('takes positions and orders through a split of seven for one', async () => {
    const { broker, market, updates } = await world(memoryStore())
    await broker.submitEntry(cleared({ bracket: { stopLoss: price('91'), takeProfit: price('112') } }))
    await market.trade('100')
    market.splits.push({ symbol: 'ACME', ratio: '7', at: market.clock.now() + 10 })
    await market.pass(1_000)
    expect((await broker.positions()).map((p) => text(p.quantity))).toEqual(['700'])
    const legs = await broker.openOrders()
    expect(legs.map((l) => [l.legRole, text(l.ticket.quantity), (l.ticket.stopPrice ?? l.ticket.limitPrice)?.toFixed()])).toEqual([
      ['target', '700', '16'],
      ['stop', '700', '13'],
    ])
    expect(updates.filter((u) => u.type === 'split')).toHaveLength(1)
    await market.pass(1_000)
    expect(updates.filter((u) => u.type === 'split')).toHaveLength(1)
    await market.trade('12.9')
    expect(await broker.positions()).toEqual([])
  })

  it('forgets what ended more than five days ago, but never that a client id was used', async () => {
    const store = memoryStore()
    const { broker, market } = await world(store)
    await broker.submitEntry(cleared())
    await market.trade('100')
    await market.pass(7 * dayMs)
    expect(await broker.orderByClientId('c1')).toBeNull()
    expect(await broker.activitiesSince(new Date(start).toISOString())).toEqual([])
    expect((await broker.positions()).map((p) => text(p.quantity))).toEqual(['100'])
    const again = await (await world(store, {}, market)).broker.submitEntry(cleared())
    expect(again).toMatchObject({ outcome: 'rejected', code: 'duplicate_client_order_id' })
  })

  it('rejects and fills in parts the same orders for the same seed', async () => {
    const run = async () => {
      const { broker, market, updates } = await world(memoryStore(), { reject_rate: 0.3, partial_fill_rate: 0.5 })
      const outcomes: string[] = []
      for (let n = 0; n < 20; n++)
        outcomes.push((await broker.submitEntry(cleared({ clientOrderId: `c${n}`, quantity: quantity('10') }))).outcome)
      for (let n = 0; n < 5; n++) await market.trade('100')
      return {
        outcomes,
        fills: updates.flatMap((u) => (u.type === 'execution' ? [`${u.execution.brokerOrderId} ${text(u.execution.quantity)}`] : [])),
      }
    }
    const [one, two] = [await run(), await run()]
    expect(one).toEqual(two)
    expect(new Set(one.outcomes)).toEqual(new Set(['accepted', 'rejected']))
    expect(one.fills.some((f) => !f.endsWith(' 10'))).toBe(true)
  })

  it('under any run of orders, cancels and prices: fills add up to the position, and nothing is oversold', async () => {
    const step = fc.oneof(
      fc.record({ kind: fc.constant('enter' as const), size: fc.integer({ min: 1, max: 90 }) }),
      fc.record({ kind: fc.constant('close' as const), size: fc.integer({ min: 1, max: 90 }) }),
      fc.record({ kind: fc.constant('cancel' as const), size: fc.nat(20) }),
      fc.record({ kind: fc.constant('trade' as const), size: fc.integer({ min: 85, max: 115 }) }),
    )
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 25 }), fc.integer({ min: 1, max: 60 }), async (steps, available) => {
        const { broker, market, updates } = await world(memoryStore(), { partial_fill_rate: 0.4, latency_ms: 400 })
        for (const [n, { kind, size }] of steps.entries()) {
          if (kind === 'enter')
            await broker.submitEntry(
              cleared({
                clientOrderId: `e${n}`,
                quantity: quantity(String(size)),
                type: 'market',
                limitPrice: null,
                bracket: { stopLoss: price('50'), takeProfit: price('200') },
              }),
            )
          if (kind === 'close') await broker.submitReducing(reducing({ clientOrderId: `x${n}`, quantity: quantity(String(size)) }))
          if (kind === 'trade') await market.trade(String(size), available)
          const open = await broker.openOrders()
          const chosen = open[size % Math.max(1, open.length)]
          if (kind === 'cancel' && chosen) await broker.cancel(chosen.brokerOrderId)
        }
        let sum = decimal('0')
        for (const u of updates) {
          if (u.type !== 'execution') continue
          sum = u.execution.side === 'buy' ? sum.plus(u.execution.quantity) : sum.minus(u.execution.quantity)
          expect(sum.gte(decimal('0'))).toBe(true)
        }
        const held = (await broker.positions())[0]?.quantity ?? decimal('0')
        expect(held.eq(sum)).toBe(true)
      }),
      { numRuns: 60 },
    )
  })
})
