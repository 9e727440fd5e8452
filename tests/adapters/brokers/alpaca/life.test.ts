import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { nextClose, nextOpen } from '../../../../src/domain/calendar.ts'
import { decimal, price, quantity, text, zero } from '../../../../src/domain/decimal.ts'
import type { BrokerOrder, SubmitResult } from '../../../../src/ports/broker.ts'
import { cleared, reducing } from '../world.ts'
import { type AlpacaBench, alpacaBench } from './bench.ts'

let bench: AlpacaBench
beforeEach(async () => {
  bench = await alpacaBench()
})
afterEach(() => bench.stop())

const beginning = '1970-01-01T00:00:00.000Z'
const plain = { limitPrice: null, stopPrice: null, bracket: null, timeInForce: 'day' } as const
const accepted = (result: SubmitResult): BrokerOrder => {
  if (result.outcome !== 'accepted') throw new Error(JSON.stringify(result))
  return result.order
}
/** What happens, a word each: a price that trades (with so many shares), a quote that nothing trades at, `close`, `open`. */
async function live(steps: readonly string[]): Promise<void> {
  const { world } = bench.alpaca
  for (const step of steps) {
    const [word = '', shares] = step.split(' x ')
    if (word === 'open') world.advanceTo(nextOpen(world.now()) + 1_000)
    else if (word === 'close') world.advanceTo(nextClose(world.now()) + 1_000)
    else if (word === 'quote') world.setQuote('ACME', '99.99', '100.01')
    else await bench.trade(word, Number(shares ?? 1_000))
    await bench.heard()
  }
}
/** What was told of one order, each word once. */
const told = (id: string): readonly string[] => {
  const words = bench.updates.flatMap((u) => (u.type === 'order' && u.order.brokerOrderId === id ? [u.order.status] : []))
  return words.filter((word, i) => word !== words[i - 1])
}
/** Stream, look-up, lists and positions must tell one story. */
async function oneStory(clientOrderId: string): Promise<string> {
  const { broker } = bench
  const found = await broker.orderByClientId(clientOrderId)
  const listed = (await broker.ordersSince(beginning)).find((o) => o.clientOrderId === clientOrderId)
  expect(listed).toEqual(found?.order)
  const id = found?.order.brokerOrderId ?? ''
  expect(told(id).at(-1)).toBe(found?.order.status)
  const streamed = bench.updates.flatMap((u) => (u.type === 'execution' ? [u.execution] : []))
  const recorded = (await broker.activitiesSince(beginning)).flatMap((a) => (a.type === 'execution' ? [a.execution] : []))
  expect(recorded.map((e) => e.executionId).sort()).toEqual(streamed.map((e) => e.executionId).sort())
  const own = recorded.filter((e) => e.brokerOrderId === id)
  expect(text(own.reduce((sum, e) => sum.plus(e.quantity), zero))).toBe(text(found?.order.filledQuantity ?? zero))
  const signed = recorded.reduce((sum, e) => (e.side === 'buy' ? sum.plus(e.quantity) : sum.minus(e.quantity)), zero)
  const [held] = await broker.positions()
  const had = given === null ? zero : quantity(given)
  expect(text(held ? held.quantity : zero)).toBe(text(signed.plus(had).abs()))
  return `${found?.order.status} ${text(found?.order.filledQuantity ?? zero)}`
}
let given: `${number}` | null = null
afterEach(() => {
  given = null
})

describe('the whole life of an entry', () => {
  it.each([
    ['market', { ...plain, type: 'market' }, ['100'], 'filled 100'],
    ['limit that waits', { ...plain, type: 'limit', limitPrice: price('100.5') }, ['103', '100'], 'filled 100'],
    ['limit, in parts', { ...plain, type: 'limit', limitPrice: price('100.5') }, ['100 x 40', '100 x 60'], 'filled 100'],
    ['limit of a day that nobody met', { ...plain, type: 'limit', limitPrice: price('95') }, ['100', 'close'], 'expired 0'],
    ['limit of a day, half met', { ...plain, type: 'limit', limitPrice: price('100.5') }, ['100 x 40', 'close'], 'expired 40'],
    [
      'limit until canceled, met the next day',
      { ...plain, type: 'limit', limitPrice: price('95'), timeInForce: 'gtc' },
      ['100', 'close', 'open', '94'],
      'filled 100',
    ],
    ['limit at once or not at all', { ...plain, type: 'limit', limitPrice: price('95'), timeInForce: 'ioc' }, ['100'], 'canceled 0'],
    [
      'limit at once, what there is',
      { ...plain, type: 'limit', limitPrice: price('100.5'), timeInForce: 'ioc' },
      ['100 x 30'],
      'canceled 30',
    ],
    ['limit, all or nothing', { ...plain, type: 'limit', limitPrice: price('100.5'), timeInForce: 'fok' }, ['100 x 30'], 'canceled 0'],
    ['stop', { ...plain, type: 'stop', stopPrice: price('105') }, ['104', '105'], 'filled 100'],
    [
      'stop limit that is passed by',
      { ...plain, type: 'stop_limit', stopPrice: price('105'), limitPrice: price('105.5') },
      ['104', '107', '105'],
      'filled 100',
    ],
    ['trailing stop', { ...plain, type: 'trailing_stop', trailPercent: decimal('3') }, ['100', '90', '92', '93'], 'filled 100'],
    ['market at the close', { ...plain, type: 'market', timeInForce: 'cls' }, ['100', 'quote', 'close'], 'filled 100'],
    ['market at the open', { ...plain, type: 'market', timeInForce: 'opg' }, ['quote', 'open'], 'filled 100', ['close']],
  ] as const)('%s', async (_, over, steps, end, before: readonly string[] = []) => {
    await live(before)
    const order = accepted(await bench.broker.submitEntry(cleared(over)))
    expect(order.ticket).toMatchObject(over)
    await live(steps)
    expect(await oneStory('c1')).toBe(end)
    expect(await bench.broker.openOrders()).toEqual([])
  })

  it('brings its stop alone, which sells what it bought', async () => {
    await bench.broker.submitEntry(cleared({ ...plain, type: 'market', bracket: { stopLoss: price('95'), takeProfit: null } }))
    await live(['100'])
    expect((await bench.broker.openOrders()).map((o) => [o.legRole, o.status])).toEqual([['stop', 'accepted']])
    await live(['96', '94'])
    expect(await bench.broker.positions()).toEqual([])
    expect(await bench.broker.openOrders()).toEqual([])
  })

  it('is changed, and the change is what fills', async () => {
    const first = accepted(await bench.broker.submitEntry(cleared({ ...plain, type: 'limit', limitPrice: price('95') })))
    await live(['100'])
    const second = accepted(
      await bench.broker.replace(first.brokerOrderId, { clientOrderId: 'c2', limitPrice: price('99'), quantity: quantity('60') }),
    )
    await live(['98'])
    expect(told(first.brokerOrderId).at(-1)).toBe('replaced')
    expect(second.replaces).toBe(first.brokerOrderId)
    expect(await oneStory('c2')).toBe('filled 60')
  })

  it('is canceled in the middle, and keeps what it had', async () => {
    const order = accepted(await bench.broker.submitEntry(cleared({ ...plain, type: 'limit', limitPrice: price('100.5') })))
    await live(['100 x 40'])
    await bench.broker.cancel(order.brokerOrderId)
    await bench.heard()
    expect(told(order.brokerOrderId)).toEqual(['accepted', 'partially_filled', 'pending_cancel', 'canceled'])
    expect(await oneStory('c1')).toBe('canceled 40')
  })
})

describe('the whole life of an exit', () => {
  const hold = () => {
    given = '100'
    bench.alpaca.world.givePosition('ACME', given, '100')
  }
  const exit = { ...plain, clientOrderId: 'x1', side: 'sell' } as const

  it.each([
    ['market', { ...exit, type: 'market' }, ['99'], 'filled 100'],
    ['limit', { ...exit, type: 'limit', limitPrice: price('104') }, ['103', '105'], 'filled 100'],
    ['stop', { ...exit, type: 'stop', stopPrice: price('95'), timeInForce: 'gtc' }, ['96', 'close', 'open', '94'], 'filled 100'],
    ['trailing stop', { ...exit, type: 'trailing_stop', trailPercent: decimal('3') }, ['100', '110', '107', '106'], 'filled 100'],
  ] as const)('%s', async (_, over, steps, end) => {
    hold()
    accepted(await bench.broker.submitReducing(reducing(over)))
    await live(steps)
    expect(await oneStory('x1')).toBe(end)
    expect(await bench.broker.positions()).toEqual([])
  })

  it.each([
    ['target', '111', 'x1'],
    ['stop', '94', null],
  ])('one cancels the other: the %s fills', async (_, at, filled) => {
    hold()
    const pair = { ...exit, type: 'limit', limitPrice: price('110'), bracket: { stopLoss: price('95'), takeProfit: price('110') } } as const
    const parent = accepted(await bench.broker.submitReducing(reducing(pair)))
    await live(['100', at])
    expect((await bench.broker.orderByClientId('x1'))?.order.status).toBe(filled === null ? 'canceled' : 'filled')
    expect(told(parent.brokerOrderId).at(-1)).toBe(filled === null ? 'canceled' : 'filled')
    expect(await bench.broker.openOrders()).toEqual([])
    expect(await bench.broker.positions()).toEqual([])
  })
})

it('a connection that comes and goes in mid-life loses nothing that the lists do not have', async () => {
  await bench.broker.submitEntry(cleared({ ...plain, type: 'limit', limitPrice: price('100.5') }))
  await live(['100 x 40'])
  bench.alpaca.trades.refusing = true
  bench.alpaca.trades.endCleanly()
  await bench.alpaca.until(() => !bench.broker.connected())
  bench.alpaca.world.fillOrder('c1')
  bench.alpaca.trades.refusing = false
  await bench.alpaca.until(() => bench.gaps() === 1)
  const streamed = bench.updates.filter((u) => u.type === 'execution')
  const recorded = (await bench.broker.activitiesSince(beginning)).filter((a) => a.type === 'execution')
  expect([streamed.length, recorded.length]).toEqual([1, 2])
  expect((await bench.broker.orderByClientId('c1'))?.order.status).toBe('filled')
})
