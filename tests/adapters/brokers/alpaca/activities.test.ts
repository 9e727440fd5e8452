import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { text } from '../../../../src/domain/decimal.ts'
import type { BrokerActivity } from '../../../../src/ports/broker.ts'
import { bracket, cleared } from '../world.ts'
import { type AlpacaBench, alpacaBench } from './bench.ts'

let bench: AlpacaBench
const asked: string[] = []
beforeEach(async () => {
  asked.length = 0
  bench = await alpacaBench({
    broker: {
      async splitRatio(symbol, day) {
        asked.push(`${symbol} ${day}`)
        return day < '2026-03-04' ? '4' : null
      },
    },
  })
  bench.alpaca.conduct.fills = 'manual'
})
afterEach(() => bench.stop())

const longAgo = '1970-01-01T00:00:00.000Z'
const activities = (since = longAgo) => bench.broker.activitiesSince(since)
const executions = (list: readonly BrokerActivity[]) => list.flatMap((a) => (a.type === 'execution' ? [a.execution] : []))

describe('executions', () => {
  it('have the same id from the lists as from the stream', async () => {
    await bench.broker.submitEntry(cleared({ bracket }))
    for (const shares of ['30', '20.5', '49.5']) bench.alpaca.world.partialFill('c1', shares, '100.1')
    await bench.heard()
    const streamed = bench.updates.flatMap((u) => (u.type === 'execution' ? [u.execution] : []))
    const listed = executions(await activities())
    expect(listed.map((e) => e.executionId)).toEqual(streamed.map((e) => e.executionId))
    expect(listed.map(({ reportedAs: _, at: _at, ...e }) => e)).toEqual(streamed.map(({ reportedAs: _, at: _at, ...e }) => e))
    expect(listed.map((e) => text(e.quantity))).toEqual(['30', '20.5', '49.5'])
    expect(new Set(listed.map((e) => e.executionId)).size).toBe(3)
  })

  it('come from the moment itself on, in all pages', async () => {
    const { world } = bench.alpaca
    await bench.broker.submitEntry(cleared())
    await bench.heard()
    for (let i = 0; i < 60; i++) world.partialFill('c1', '0.25', '100')
    world.advance(1_000)
    const from = new Date(world.now()).toISOString()
    for (let i = 0; i < 230; i++) world.partialFill('c1', '0.25', '100')
    expect(executions(await activities(from))).toHaveLength(230)
    expect(executions(await activities())).toHaveLength(290)
  })
})

describe('fees', () => {
  it.each([
    ['REG', 'regulatory'],
    ['TAF', 'regulatory'],
    ['COM', 'commission'],
    ['LCT', 'other'],
  ] as const)('of kind %s are %s, positive when paid', async (subType, kind) => {
    bench.alpaca.world.nonTrade({ type: 'FEE', subType, netAmount: '-1.23', symbol: 'ACME' })
    const [fee] = await activities()
    expect(fee).toMatchObject({ type: 'fee', kind, symbol: 'ACME' })
    expect(fee?.type === 'fee' && text(fee.amount)).toBe('1.23')
  })

  it('may be given back, and belong to no symbol', async () => {
    bench.alpaca.world.nonTrade({ type: 'FEE', netAmount: '0.5' })
    const [fee] = await activities()
    expect(fee?.type === 'fee' && [fee.kind, fee.symbol, text(fee.amount)]).toEqual(['other', null, '-0.5'])
  })
})

describe('splits', () => {
  it('tell how many new shares there are for one old', async () => {
    bench.alpaca.world.givePosition('ACME', '100', '100')
    bench.alpaca.world.split('ACME', '4')
    const [split] = await activities()
    expect(split).toMatchObject({ type: 'split', symbol: 'ACME', ratio: '4' })
    expect(asked).toEqual(['ACME 2026-03-03'])
    expect(await activities()).toEqual([split])
  })

  it.each([
    ['a long position', '-100', '400', '4'],
    ['a long position, the other way', '-400', '100', '0.25'],
    ['a short position', '100', '-400', '4'],
  ])('that come as shares out and shares in say it themselves: %s', async (_, first, second, ratio) => {
    for (const quantity of [first, second]) bench.alpaca.world.nonTrade({ type: 'SPLIT', symbol: 'ACME', quantity, netAmount: '0' })
    expect(await activities()).toMatchObject([{ type: 'split', symbol: 'ACME', ratio }])
    expect(asked).toEqual([])
  })

  it('whose size nobody knows are left out, and said', async () => {
    bench.alpaca.world.advance(86_400_000)
    bench.alpaca.world.nonTrade({ type: 'SPLIT', symbol: 'ACME', quantity: '300', netAmount: '0' })
    expect(await activities()).toEqual([])
    expect(bench.log.notes.map(({ message }) => message)).toEqual(['by how much a symbol was split could not be found out'])
  })
})

it('whatever else changes the account is said', async () => {
  bench.alpaca.world.nonTrade({ type: 'SPIN', symbol: 'ACME', quantity: '10', netAmount: '0' })
  bench.alpaca.world.nonTrade({ type: 'CSD', netAmount: '1000' })
  expect(await activities()).toEqual([])
  expect(bench.log.notes.map(({ facts }) => facts)).toMatchObject([{ type: 'SPIN', symbol: 'ACME' }])
})

it('everything comes oldest first', async () => {
  const { world } = bench.alpaca
  await bench.broker.submitEntry(cleared())
  await bench.heard()
  world.partialFill('c1', '40', '100')
  world.advance(1_000)
  world.nonTrade({ type: 'FEE', netAmount: '-0.1' })
  world.advance(1_000)
  world.partialFill('c1', '60', '100')
  expect((await activities()).map((a) => a.type)).toEqual(['execution', 'fee', 'execution'])
})

describe('an account with years behind it', () => {
  const day = 86_400_000
  const pages = () => bench.alpaca.requests.filter(({ path }) => path === '/v2/account/activities').length
  const fee = (cents: number) => bench.alpaca.world.nonTrade({ type: 'FEE', netAmount: `-0.${cents}` })

  it('is read once; after that only what may still change', async () => {
    for (let i = 10; i < 99; i++) for (let j = 0; j < 5; j++) fee(i)
    bench.alpaca.world.advance(30 * day)
    fee(11)
    expect(await activities()).toHaveLength(446)
    const before = pages()
    bench.alpaca.world.advance(1_000)
    fee(12)
    expect(await activities()).toHaveLength(447)
    expect([before, pages()]).toEqual([5, 6])
  })

  it('loses what Alpaca took back lately', async () => {
    await bench.broker.submitEntry(cleared())
    await bench.heard()
    const execution = bench.alpaca.world.partialFill('c1', '40', '100')
    expect(await activities()).toHaveLength(1)
    bench.alpaca.world.bust(execution)
    expect(await activities()).toEqual([])
  })

  it('is read again when somebody asks further back', async () => {
    fee(11)
    bench.alpaca.world.advance(30 * day)
    fee(12)
    const from = new Date(bench.alpaca.world.now() - day).toISOString()
    expect(await activities(from)).toHaveLength(1)
    expect(await activities()).toHaveLength(2)
    expect(await activities(from)).toHaveLength(1)
  })
})
