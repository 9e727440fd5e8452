import { describe, expect, test } from 'vitest'
import { booksEvolution } from '../../src/domain/books.ts'
import { usd } from '../../src/domain/decimal.ts'
import { inFirstLiveWeek, isAllowed, readyForAutonomous, readyForLive, type TrackRecord } from '../../src/domain/readiness.ts'

const now = Date.parse('2026-03-31T20:00:00Z')
const day = 86_400_000
const drill = { by: 'ada', reason: 'gone through by hand', at: '2026-03-20T00:00:00.000Z' }
const good: TrackRecord = {
  mode: 'paper',
  now,
  firstTradeAt: now - 14 * day,
  trades: 20,
  wins: 11,
  net: usd('1000.20'),
  worstDay: { date: '2026-03-24', net: usd('-500') },
  killedAt: now - day,
  books: {
    ...booksEvolution.initial('main'),
    since: new Date(now - 15 * day).toISOString(),
    drilled: { breakers: drill, restore: drill },
  },
}
const open = (record: TrackRecord, of = readyForLive) =>
  of(record)
    .lines.filter(({ met }) => !met)
    .map(({ what, actual }) => `${what}: ${actual}`)

describe('before real money', () => {
  test('everything at its bound is enough', () => {
    expect(open(good)).toEqual([])
    expect(readyForLive(good).ready).toBe(true)
  })

  test.each<readonly [Partial<TrackRecord>, string]>([
    [{ firstTradeAt: now - 14 * day + 1 }, 'Paper: 13 days'],
    [{ mode: 'sim' }, 'sim is not paper: 14 days'],
    [{ wins: 10 }, 'Win rate: 50 % of 20'],
    [{ net: usd('1000') }, 'Average trade: $50.00'],
    [{ worstDay: { date: '2026-03-24', net: usd('-500.01') } }, 'Worst day: -$500.01 on 2026-03-24'],
    [{ killedAt: null }, 'Kill drilled: never'],
    [{ books: { ...good.books, crashedAt: new Date(now - 13 * day).toISOString() } }, 'No crash: 13 days since the last'],
    [{ books: { ...good.books, since: new Date(now - day).toISOString() } }, 'No crash: 1 day'],
    [{ books: { ...good.books, drilled: { breakers: drill } } }, 'Backup restored: never'],
    [{ books: { ...good.books, drilled: { restore: drill } } }, 'Breakers drilled: never'],
  ])('%o is not', (change, line) => {
    expect(open({ ...good, ...change })).toEqual([line])
  })

  test('books without any trade have every number missing, and none passes', () => {
    const fresh: TrackRecord = {
      ...good,
      ...{ firstTradeAt: null, trades: 0, wins: 0, net: usd('0'), worstDay: null, killedAt: null, books: booksEvolution.initial('main') },
    }
    expect(open(fresh)).toHaveLength(readyForLive(fresh).lines.length)
  })
})

describe('before autonomous mode', () => {
  test('a week since the first trade, no crash, and a kill', () => {
    expect(open(good, readyForAutonomous)).toEqual([])
    expect(open({ ...good, firstTradeAt: now - 7 * day + 1 }, readyForAutonomous)).toEqual(['Supervised: 6 days'])
  })

  test('the simulator is free, an override counts for its goal only', () => {
    const early = { ...good, firstTradeAt: null }
    expect(isAllowed(readyForAutonomous(early), early)).toBe(false)
    expect(isAllowed(readyForAutonomous(early), { ...early, mode: 'sim' })).toBe(true)
    const overridden = { ...early, books: { ...early.books, overrides: { autonomous: drill } } }
    expect(isAllowed(readyForAutonomous(overridden), overridden)).toBe(true)
    expect(isAllowed(readyForLive(overridden), overridden)).toBe(false)
  })
})

test('the first live week begins with the first trade, and is of live trading alone', () => {
  expect(inFirstLiveWeek('live', null, now)).toBe(true)
  expect(inFirstLiveWeek('live', now - 7 * day + 1, now)).toBe(true)
  expect(inFirstLiveWeek('live', now - 7 * day, now)).toBe(false)
  expect(inFirstLiveWeek('paper', null, now)).toBe(false)
})
