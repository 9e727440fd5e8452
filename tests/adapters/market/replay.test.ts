import { existsSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createSimulatedBroker } from '../../../src/adapters/brokers/simulated.ts'
import { createReplayMarket, type ReplayMarketOptions } from '../../../src/adapters/market/replay.ts'
import { price, quantity, text } from '../../../src/domain/decimal.ts'
import { cleared, settingsWith } from '../brokers/world.ts'
import { memoryStore } from '../memory-store.ts'

const log = { info() {}, error() {}, warn() {} }
const header = 'time,open,high,low,close,volume\n'
const at = (iso: string): number => Date.parse(iso)

describe('a replay', () => {
  let folder = ''
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'replay-'))
  })
  afterEach(() => rm(folder, { recursive: true }))
  const put = (name: string, content: string): Promise<void> => writeFile(join(folder, name), content)
  const open = (change: Partial<ReplayMarketOptions> = {}) => createReplayMarket({ folder, pace: 'manual', log, ...change })

  it.each([
    ['2013-10-07T14:00:00Z,10,11,9,x,100', 'T.csv, line 2, close: must be a price above 0, not "x"'],
    ['2013-10-07,10,11,9,10,100', 'T.csv, line 2, time: must be a UTC time'],
    ['2013-10-07T14:00:00Z,10,9,11,10,100', 'T.csv, line 2, high: 9 is below the low 11'],
    ['2013-10-07T14:00:00Z,12,11,9,10,100', 'T.csv, line 2, open: is outside of low and high'],
    ['2013-10-07T14:00:00Z,10,11,9,10,-5', 'T.csv, line 2, volume: must be a number of shares, not "-5"'],
    ['2013-10-07T14:00:00Z,10,11,9,10', 'T.csv, line 2, volume: must be a number of shares'],
    ['2013-10-07T14:00:00Z,10,11,9,10,5\n2013-10-07T13:00:00Z,10,11,9,10,5', 'T.csv, line 3, time: must be later'],
  ])('refuses the row %s and says where and why', async (row, problem) => {
    await put('T.csv', `${header}${row}\n`)
    await expect(open()).rejects.toThrow(problem)
  })

  it('shows only what is complete: no quote in the first minute, then its close', async () => {
    await put('T.csv', `${header}2013-10-07T14:00:00Z,10,11,9,10.5,1000\n2013-10-07T14:01:00Z,20,21,19,20,1000\n`)
    const market = await open()
    await market.advanceTo(at('2013-10-07T14:00:59Z'))
    expect(await market.quote('T')).toBeNull()
    expect(await market.bars('T', '1m', 5)).toEqual([])
    await market.advanceTo(at('2013-10-07T14:01:30Z'))
    const quote = await market.quote('T')
    expect([quote?.last.toFixed(), quote?.bid.toFixed(), quote?.at]).toEqual(['10.5', '10.495', at('2013-10-07T14:01:00Z')])
    expect(await market.bars('T', '1m', 5)).toHaveLength(1)
    expect(await market.bars('T', '1m', 5, at('2014-01-01T00:00:00Z'))).toHaveLength(1)
  })

  it('passes every minute in order and waits for those who follow', async () => {
    await put('T.csv', `${header}2013-10-07T14:00:00Z,10,11,9,10.5,1000\n2013-10-07T14:02:00Z,20,21,19,20,1000\n`)
    const market = await open()
    const seen: string[] = []
    market.follow({
      wanted: () => new Set(['T']),
      async tick(tick) {
        await new Promise((resolve) => setImmediate(resolve))
        seen.push(`${new Date(tick.at).toISOString().slice(14, 19)} ${tick.bars.map((b) => b.bar.open.toFixed()).join()}`)
      },
    })
    await market.advanceTo(at('2013-10-07T14:03:10Z'))
    expect(seen).toEqual(['01:00 10', '02:00 ', '03:00 20', '03:10 '])
  })

  it('reads splits from a file beside the bars', async () => {
    await put('T.csv', `${header}2013-10-07T14:00:00Z,10,11,9,10.5,1000\n`)
    await put('splits.csv', 'symbol,ratio,date\nT,2,2013-10-08\n')
    const market = await open()
    expect(market.splitsBetween('T', 0, at('2013-10-09T00:00:00Z'))).toEqual([{ symbol: 'T', ratio: '2', at: at('2013-10-08T00:00:00Z') }])
    await put('splits.csv', 'symbol,ratio,date\nT,0,2013-10-08\n')
    await expect(open()).rejects.toThrow('splits.csv, line 2, ratio')
  })

  it('says so when there is nothing to replay', async () => {
    await expect(open()).rejects.toThrow('no bars')
  })
})

const shared = (path: string): string => fileURLToPath(new URL(`../../../../shared/data/bars/${path}`, import.meta.url))
const minute = shared('minute')

describe.skipIf(!existsSync(minute))('real bars (needs ../shared/data)', () => {
  it('replay the week of 2013-10-07, with daily bars of complete days only', async () => {
    const market = await createReplayMarket({
      folder: minute,
      dailyFolder: shared('daily'),
      to: '2013-10-12T00:00:00Z',
      pace: 'manual',
      log,
    })
    expect((await market.securities()).map((s) => s.symbol)).toEqual(['AIG', 'BAC', 'IBM', 'SPY'])
    await market.advanceTo(at('2013-10-08T15:00:00Z'))
    const days = await market.bars('SPY', '1d', 20)
    expect(days).toHaveLength(20)
    expect(days.at(-1)?.at).toBe(at('2013-10-07T00:00:00Z'))
    const quote = await market.quote('SPY')
    expect(quote?.at).toBe(at('2013-10-08T15:00:00Z'))
  })

  it('carry a position in AAPL over the split of seven for one of 2014-06-09 without loss', async () => {
    const market = await createReplayMarket({
      folder: minute,
      from: '2014-06-06T00:00:00Z',
      pace: 'manual',
      splits: [{ symbol: 'AAPL', ratio: '7', at: at('2014-06-09T04:00:00Z') }],
      log,
    })
    const settings = settingsWith()
    const { clock } = market
    const broker = await createSimulatedBroker({ feed: market, clock, store: memoryStore(), settings: () => settings, log })
    await market.advanceTo(at('2014-06-06T18:00:00Z'))
    const bracket = { stopLoss: price('600'), takeProfit: price('700') }
    const entry = cleared({ symbol: 'AAPL', type: 'market', limitPrice: null, quantity: quantity('10'), bracket })
    expect((await broker.submitEntry(entry)).outcome).toBe('accepted')
    await market.advanceTo(at('2014-06-06T21:00:00Z'))
    const before = await broker.account()
    expect((await broker.positions()).map((p) => text(p.quantity))).toEqual(['10'])
    await market.advanceTo(at('2014-06-09T15:00:00Z'))
    expect((await broker.positions()).map((p) => text(p.quantity))).toEqual(['70'])
    expect((await broker.openOrders()).map((o) => text(o.ticket.quantity))).toEqual(['70', '70'])
    expect(await broker.activitiesSince('2014-06-09T00:00:00Z')).toMatchObject([{ type: 'split', symbol: 'AAPL', ratio: '7' }])
    const after = await broker.account()
    expect(after.equity.minus(before.equity).abs().lt('150')).toBe(true)
  })
})
