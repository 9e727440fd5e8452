import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { price, quantity, text } from '../../../../src/domain/decimal.ts'
import type { BrokerOrder } from '../../../../src/ports/broker.ts'
import { bracket, cleared, reducing } from '../world.ts'
import { type AlpacaBench, alpacaBench } from './bench.ts'

let bench: AlpacaBench
const begin = async (options: Parameters<typeof alpacaBench>[0] = {}) => {
  bench = await alpacaBench({ connect: false, ...options })
  bench.alpaca.conduct.fills = 'manual'
}
beforeEach(() => begin())
afterEach(() => bench.stop())

const restarted = async (options: Parameters<typeof alpacaBench>[0] = {}) => {
  await bench.stop()
  await begin(options)
}
const told = (orders: readonly BrokerOrder[]) => orders.map((o) => [o.legRole, o.status, o.statusWord])
const enter = async (clientOrderId = 'c1', over = {}) => {
  const result = await bench.broker.submitEntry(cleared({ clientOrderId, bracket, ...over }))
  if (result.outcome !== 'accepted') throw new Error(JSON.stringify(result))
  return result
}
const filled = async (clientOrderId = 'c1') => {
  const entered = await enter(clientOrderId)
  bench.alpaca.world.fillOrder(clientOrderId)
  return entered
}
/** Another process at the same Alpaca, which remembers nothing. */
const fresh = async () => {
  const { createAlpacaBroker } = await import('../../../../src/adapters/brokers/alpaca.ts')
  const { accessTo, quick } = await import('./bench.ts')
  return createAlpacaBroker({ access: accessTo(bench.alpaca), mode: 'paper', log: bench.log, timing: quick })
}

describe('open orders', () => {
  it.each([true, false])(
    'hold both legs of a filled bracket, though its stop shows as held (families listed: %s)',
    async (showsFamilies) => {
      await restarted({ emulator: { showsFamilies } })
      const { order } = await filled()
      for (const broker of [bench.broker, await fresh()]) {
        const open = await broker.openOrders()
        expect(told(open).sort()).toEqual([
          ['stop', 'accepted', 'held'],
          ['target', 'accepted', 'new'],
        ])
        expect(open.map((o) => o.parentBrokerOrderId)).toEqual([order.brokerOrderId, order.brokerOrderId])
      }
    },
  )

  it('show the legs of a bracket that has not filled as held', async () => {
    await enter()
    bench.alpaca.world.partialFill('c1', '40')
    expect(told(await (await fresh()).openOrders())).toEqual([
      [null, 'partially_filled', 'partially_filled'],
      ['target', 'held', 'held'],
      ['stop', 'held', 'held'],
    ])
  })

  it.each([true, false])('find a moved stop in its family, also after a restart (families listed: %s)', async (showsFamilies) => {
    await restarted({ emulator: { showsFamilies } })
    const { order, legs } = await filled()
    const stop = legs.find((leg) => leg.legRole === 'stop')?.brokerOrderId ?? ''
    await bench.broker.replace(stop, { clientOrderId: 's2', stopPrice: price('97') })
    await bench.alpaca.until(() => bench.alpaca.orders().find((o) => o.clientOrderId === 's2')?.status !== 'pending_new')
    for (const broker of [bench.broker, await fresh()]) {
      const moved = (await broker.openOrders()).find((o) => o.clientOrderId === 's2')
      expect(moved).toMatchObject({ legRole: 'stop', status: 'accepted', parentBrokerOrderId: order.brokerOrderId, replaces: stop })
    }
  })

  it('of a time have a leg that was replaced, which no nested list has', async () => {
    const { order, legs } = await filled()
    const first = legs.find(({ legRole }) => legRole === 'stop')?.brokerOrderId ?? ''
    const second = await bench.broker.replace(first, { clientOrderId: 's2', stopPrice: price('97') })
    if (second.outcome !== 'accepted') throw new Error('not replaced')
    await bench.broker.replace(second.order.brokerOrderId, { clientOrderId: 's3', stopPrice: price('98') })
    const stops = (await (await fresh()).ordersSince(order.at)).filter(({ ticket }) => ticket.type === 'stop')
    expect(stops.map(({ clientOrderId, status }) => `${clientOrderId} ${status}`).sort()).toEqual([
      expect.stringMatching(/ replaced$/),
      's2 replaced',
      's3 accepted',
    ])
  })

  it('find a family of long ago, and the stop that was moved in it twice', async () => {
    await restarted({ emulator: { showsFamilies: false } })
    const { order, legs } = await filled()
    let stop = legs.find((leg) => leg.legRole === 'stop')?.brokerOrderId ?? ''
    for (const [i, at] of ['96', '97'].entries()) {
      const moved = await bench.broker.replace(stop, { clientOrderId: `s${i}`, stopPrice: price(at) })
      if (moved.outcome !== 'accepted') throw new Error(JSON.stringify(moved))
      stop = moved.order.brokerOrderId
      await bench.alpaca.until(() => bench.alpaca.orders().find((o) => o.id === stop)?.status !== 'pending_new')
    }
    const { world } = bench.alpaca
    world.advance(60_000)
    const far = { type: 'limit', limit_price: '1', time_in_force: 'gtc', order_class: 'oto', stop_loss: { stop_price: '0.5' } }
    for (let i = 0; i < 510; i++) world.manualOrder({ symbol: 'ACME', qty: '1', side: 'buy', ...far })
    const open = (await (await fresh()).openOrders()).filter((o) => o.parentBrokerOrderId === order.brokerOrderId)
    expect(open.map((o) => [o.legRole, o.status, o.brokerOrderId === stop]).sort()).toEqual([
      ['stop', 'accepted', true],
      ['target', 'accepted', false],
    ])
  })

  it('include what somebody placed by hand, pairs too', async () => {
    bench.alpaca.world.givePosition('ACME', '10', '100')
    const legs = { take_profit: { limit_price: '110' }, stop_loss: { stop_price: '90' } }
    bench.alpaca.world.manualOrder({
      symbol: 'ACME',
      qty: '10',
      side: 'sell',
      type: 'limit',
      limit_price: '110',
      order_class: 'oco',
      ...legs,
    })
    expect(told(await bench.broker.openOrders())).toEqual([
      [null, 'accepted', 'new'],
      ['stop', 'accepted', 'held'],
    ])
  })

  it.each([
    ['done_for_day', 'paused'],
    ['suspended', 'paused'],
    ['stopped', 'paused'],
    ['calculated', 'paused'],
    ['pending_cancel', 'pending_cancel'],
    ['accepted_for_bidding', 'accepted'],
    ['reheated', 'unrecognized'],
  ])('keep the word %s, as %s', async (word, status) => {
    await bench.broker.submitEntry(cleared())
    await bench.alpaca.until(() => bench.alpaca.orders()[0]?.status === 'new')
    bench.alpaca.world.setStatus('c1', word)
    expect((await bench.broker.orderByClientId('c1'))?.order).toMatchObject({ status, statusWord: word })
  })

  it('come in pages when there are many', async () => {
    const { world } = bench.alpaca
    const place = (symbol: string) =>
      world.manualOrder({ symbol, qty: '1', side: 'buy', type: 'limit', limit_price: '1', time_in_force: 'gtc' })
    for (let i = 0; i < 1_203; i++) place('ACME')
    expect(new Set((await bench.broker.openOrders()).map((o) => o.brokerOrderId)).size).toBe(1_203)
  })
})

describe('orders since a time', () => {
  it('begin at the moment itself and come with their families', async () => {
    const { world } = bench.alpaca
    await enter('before')
    world.advance(10_000)
    const from = new Date(world.now()).toISOString()
    const { order } = await filled('at')
    world.advance(10_000)
    await enter('after')
    const orders = await (await fresh()).ordersSince(from)
    expect(orders.map((o) => o.clientOrderId.length < 10 && o.clientOrderId)).toEqual(['at', false, false, 'after', false, false])
    expect(orders.slice(1, 3).map((o) => [o.legRole, o.parentBrokerOrderId])).toEqual([
      ['target', order.brokerOrderId],
      ['stop', order.brokerOrderId],
    ])
  })

  it('of one moment are all found, however many pages they fill', async () => {
    const { world } = bench.alpaca
    for (let i = 0; i < 620; i++)
      world.manualOrder({ symbol: 'ACME', qty: '1', side: 'buy', type: 'limit', limit_price: '1', time_in_force: 'gtc' })
    world.advance(1)
    for (let i = 0; i < 20; i++)
      world.manualOrder({ symbol: 'ACME', qty: '1', side: 'buy', type: 'limit', limit_price: '1', time_in_force: 'gtc' })
    expect(await bench.broker.ordersSince('2000-01-01T00:00:00.000Z')).toHaveLength(640)
  })
})

describe('positions and account', () => {
  it('tell longs and shorts without a sign', async () => {
    bench.alpaca.world.givePosition('ACME', '2.5', '100.25')
    bench.alpaca.world.givePosition('HARD', '-7', '50')
    const positions = await bench.broker.positions()
    expect(positions.map((p) => [p.symbol, p.side, text(p.quantity), text(p.averageEntryPrice)])).toEqual([
      ['ACME', 'long', '2.5', '100.25'],
      ['HARD', 'short', '7', '50'],
    ])
  })

  it('tell what the account is worth', async () => {
    const account = await bench.broker.account()
    expect([account.equity, account.cash, account.buyingPower].map(text)).toEqual(['100000', '100000', '200000'])
  })

  it.each([
    ['status', 'ACCOUNT_CLOSED'],
    ['tradingBlocked', true],
    ['accountBlocked', true],
    ['suspendTrade', true],
  ] as const)('leave nothing to buy with when %s is %s, and say so once', async (flag, value) => {
    Object.assign(bench.alpaca.book.flags, { [flag]: value })
    await bench.broker.account()
    const account = await bench.broker.account()
    expect([text(account.equity), text(account.buyingPower)]).toEqual(['100000', '0'])
    expect(bench.log.notes).toHaveLength(1)
  })
})

describe('cancelling', () => {
  it('of an order that has ended, or never was, is no error', async () => {
    const { order } = await enter()
    bench.alpaca.world.expireOrder('c1')
    await bench.broker.cancel(order.brokerOrderId)
    await bench.broker.cancel('00000000-0000-4000-8000-000000000000')
  })

  it('is repeated while nobody answers, because twice is once', async () => {
    const { order } = await enter()
    bench.alpaca.faults.drop({ method: 'DELETE', times: 2 })
    bench.alpaca.faults.status(502, { method: 'DELETE' })
    await bench.broker.cancel(order.brokerOrderId)
    expect(bench.alpaca.orders()[0]?.status).toMatch(/cancel/)
  })

  it('that is refused while the order is being changed must be asked for again', async () => {
    bench.alpaca.world.givePosition('ACME', '100', '100')
    const result = await bench.broker.submitReducing(reducing({ clientOrderId: 's1', type: 'stop', stopPrice: price('95') }))
    if (result.outcome !== 'accepted') throw new Error(JSON.stringify(result))
    await bench.alpaca.until(() => bench.alpaca.orders()[0]?.status === 'new')
    bench.alpaca.world.setStatus('s1', 'pending_replace')
    bench.alpaca.faults.status(422, { method: 'DELETE' }, JSON.stringify({ code: 42210000, message: 'order cannot be canceled' }))
    await expect(bench.broker.cancel(result.order.brokerOrderId)).rejects.toMatchObject({ name: 'BrokerError', kind: 'retryable' })
  })

  it('of everything says in words what was refused', async () => {
    await enter()
    await bench.broker.submitEntry(cleared({ clientOrderId: 'c2' }))
    bench.alpaca.conduct.cancels = 'hold'
    const second = bench.alpaca.orders().find((o) => o.clientOrderId === 'c2')
    await bench.broker.cancel(second?.id ?? '')
    expect(await bench.broker.cancelEverything()).toEqual([{ brokerOrderId: second?.id, reason: 'order pending cancel' }])
  })
})

describe('reading', () => {
  it('is tried four times in all, then fails as something that may pass', async () => {
    bench.alpaca.faults.status(503, { path: /positions/, times: 3 })
    expect(await bench.broker.positions()).toEqual([])
    bench.alpaca.faults.status(503, { path: /positions/, times: 4 })
    await expect(bench.broker.positions()).rejects.toMatchObject({ name: 'BrokerError', kind: 'retryable' })
    expect(bench.alpaca.requests.filter(({ path }) => path === '/v2/positions')).toHaveLength(8)
  })

  it('is not tried again when it is refused', async () => {
    bench.alpaca.faults.status(401, { path: /account/ }, JSON.stringify({ code: 40110000, message: 'unauthorized.' }))
    await expect(bench.broker.account()).rejects.toMatchObject({ kind: 'permanent', message: 'Alpaca: unauthorized.' })
    expect(bench.alpaca.requests).toHaveLength(1)
  })

  it('waits as long as the server asks, and counts what is left', async () => {
    await restarted({ emulator: { rateLimit: { limit: 200, windowMs: 60_000 } } })
    bench.alpaca.faults.tooMany(1, { path: /positions/ })
    const before = Date.now()
    await bench.broker.positions()
    expect(Date.now() - before).toBeGreaterThanOrEqual(990)
    expect(bench.broker.budget()).toMatchObject({ limit: 200, used: 2 })
  })

  it('fails on an answer that is none, instead of guessing', async () => {
    bench.alpaca.faults.brokenBody(JSON.stringify([{ symbol: 'ACME', side: 'long', qty: 'NaN', avg_entry_price: '1' }]), {
      path: /positions/,
      times: 4,
    })
    await expect(bench.broker.positions()).rejects.toThrow(/qty/)
  })

  it('does not follow a redirect, which would carry the keys along', async () => {
    bench.alpaca.faults.status(302, { path: /positions/, times: 4 }, '')
    await expect(bench.broker.positions()).rejects.toMatchObject({ name: 'BrokerError' })
  })

  it('finds the quantity of an order in dollars in what it has filled', async () => {
    bench.alpaca.world.setQuote('ACME', '99.99', '100.01')
    bench.alpaca.world.manualOrder({
      symbol: 'ACME',
      notional: '50',
      side: 'buy',
      type: 'market',
      time_in_force: 'day',
      client_order_id: 'usd',
    })
    bench.alpaca.world.partialFill('usd', '0.25')
    const found = await bench.broker.orderByClientId('usd')
    expect(found?.order.ticket.quantity.eq(quantity('0.25'))).toBe(true)
  })
})
