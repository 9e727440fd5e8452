import fc from 'fast-check'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { periodStart, pnlPeriods } from '../../src/app/pnl-report.ts'
import { exchangeDate } from '../../src/domain/calendar.ts'
import { type Decimal, text, zero } from '../../src/domain/decimal.ts'
import type { PositionEvent } from '../../src/domain/position.ts'
import type { ClosedTrade, GroupResult } from '../../src/ports/read-model.ts'
import { type TestDatabase, testDatabase } from '../support/database.ts'
import { meta, positionClosed, positionOpened, positionReduced } from './given.ts'

let db: TestDatabase
beforeAll(async () => {
  db = await testDatabase()
})
beforeEach(() => db.reset())
afterAll(() => db.close())

const day = 24 * 3600
/** Seconds from `at(0)`, some fourteen months around it, so that weeks, months and years begin in between. */
const second = fc.integer({ min: -300 * day, max: 130 * day })
const exit = fc.constantFrom('9.4', '10', '10.003', '10.007', '10.8')

/** A trade that was opened, perhaps reduced, and perhaps closed, each on a day of its own. */
const trade: fc.Arbitrary<readonly PositionEvent[]> = fc
  .record({
    times: fc.tuple(second, second, second).map((times) => times.sort((a, b) => a - b)),
    symbol: fc.constantFrom('ACME', 'BETA', 'GAMMA'),
    category: fc.constantFrom('contract', 'merger', null),
    exits: fc.tuple(exit, exit),
    ending: fc.constantFrom('open', 'reduced', 'closed', 'reduced and closed'),
  })
  .map(({ times: [opened = 0, reduced = 0, closed = 0], symbol, category, exits: [first, last], ending }) => {
    const opening = { ...positionOpened(opened, symbol), category } as PositionEvent
    if (ending === 'open') return [opening]
    if (ending === 'closed') return [opening, positionClosed(closed, last)]
    const reducing = positionReduced(reduced, first, '40')
    return ending === 'reduced' ? [opening, reducing] : [opening, reducing, positionClosed(closed, last, 'take_profit', '60')]
  })

/** Several trades that take their steps in one transaction: their sums meet in the same rows. */
const append = (batch: readonly (readonly PositionEvent[])[], prefix: string) =>
  db.store.transact(meta(), async (tx) => {
    for (const [i, events] of batch.entries()) tx.append(await tx.load('position', `${prefix}-${i}`), events)
  })

type Shown = readonly [name: string, realized: string, fees: string, trades: number, wins: number]
const shown = (g: GroupResult): Shown => [g.name, text(g.realizedPnl), text(g.fees), g.trades, g.wins]
const sum = (values: readonly Decimal[]) => values.reduce((total, value) => total.plus(value), zero)

/** The definition, trade by trade. */
function summed(trades: readonly ClosedTrade[], group: 'symbol' | 'category', since: string): readonly Shown[] {
  const counted = trades.filter((t) => exchangeDate(Date.parse(t.closedAt)) >= since)
  const names = [...new Set(counted.map((t) => t[group] ?? 'none'))]
  return names.map((name) => {
    const own = counted.filter((t) => (t[group] ?? 'none') === name)
    const [realized, fees] = [sum(own.map((t) => t.realizedPnl)), sum(own.map((t) => t.fees))]
    return [name, text(realized), text(fees), own.length, own.filter((t) => t.realizedPnl.gt(t.fees)).length]
  })
}

const sorted = (rows: readonly Shown[]) => [...rows].sort(([a], [b]) => (a < b ? -1 : 1))

it('results by symbol and by category are the sums over the closed trades of any period, at any time', async () => {
  const batches = fc.array(fc.array(trade, { minLength: 1, maxLength: 5 }), { maxLength: 8 })
  await fc.assert(
    fc.asyncProperty(batches, second, second, async (history, nowSecond, sinceSecond) => {
      await db.reset()
      for (const [i, batch] of history.entries()) await append(batch, `batch-${i}`)
      const { items: trades } = await db.read.trades({}, { limit: 200 })
      const [now, some] = [nowSecond, sinceSecond].map((s) => Date.UTC(2013, 9, 8, 15, 0, s)) as [number, number]
      for (const since of [...pnlPeriods.map((period) => periodStart(period, now)), exchangeDate(some)])
        for (const group of ['symbol', 'category'] as const) {
          const found = await db.read.resultsBy(group, since)
          expect(sorted(found.map(shown)), `${group} since ${since}`).toEqual(sorted(summed(trades, group, since)))
          const order = found.map((g) => g.realizedPnl)
          expect(order.every((value, i) => value.lte(order[i - 1] ?? value))).toBe(true)
        }
    }),
    { numRuns: 60 },
  )
})

it('the first and the last day of a month and of a year count where they belong', async () => {
  const closedOn = async (date: string) => {
    const seconds = (Date.parse(`${date}T20:30:00Z`) - Date.UTC(2013, 9, 8, 15)) / 1000
    await append([[positionOpened(seconds - 60), positionClosed(seconds, '11')]], date)
  }
  for (const date of ['2012-12-31', '2013-01-01', '2013-01-31', '2013-02-01', '2013-02-28', '2013-12-31', '2014-01-01'])
    await closedOn(date)
  const since = async (date: string) => (await db.read.resultsBy('symbol', date)).map((g) => g.trades)
  const starts = [
    '2012-12-31',
    '2013-01-01',
    '2013-01-02',
    '2013-01-31',
    '2013-02-01',
    '2013-02-02',
    '2013-12-31',
    '2014-01-01',
    '2014-01-02',
  ]
  expect(await Promise.all(starts.map(since))).toEqual([[7], [6], [5], [5], [4], [3], [2], [1], []])
})
