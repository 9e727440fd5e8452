import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { text, usd } from '../../src/domain/decimal.ts'
import type { Page, PageRequest } from '../../src/ports/read-model.ts'
import { type TestDatabase, testDatabase } from '../support/database.ts'
import { alertReceived, at, given, orderFilled, orderPrepared, positionClosed, positionOpened, proposalOffered } from './given.ts'

let db: TestDatabase
beforeAll(async () => {
  db = await testDatabase()
})
beforeEach(() => db.reset())
afterAll(() => db.close())

async function allPages<T>(list: (page: PageRequest) => Promise<Page<T>>, limit: number): Promise<readonly (readonly T[])[]> {
  const pages: (readonly T[])[] = []
  for (let cursor: string | undefined; ; ) {
    const page = await list({ limit, cursor })
    pages.push(page.items)
    if (page.next === null) return pages
    cursor = page.next
  }
}

describe('a list', () => {
  it('comes in pages, newest first, each item once, also when many carry the same time', async () => {
    for (let i = 0; i < 7; i++) await given(db.store, 'alert', `a${i}`, [alertReceived(i < 3 ? 0 : i)])
    const pages = await allPages((page) => db.read.alerts(page), 3)
    expect(pages.map((items) => items.map((a) => a.id))).toEqual([['a6', 'a5', 'a4'], ['a3', 'a2', 'a1'], ['a0']])
  })

  it('does not shift when something new arrives between two pages', async () => {
    for (let i = 0; i < 4; i++) await given(db.store, 'alert', `a${i}`, [alertReceived(i)])
    const first = await db.read.alerts({ limit: 2 })
    await given(db.store, 'alert', 'new', [alertReceived(60)])
    expect((await db.read.alerts({ limit: 2, cursor: first.next ?? '' })).items.map((a) => a.id)).toEqual(['a1', 'a0'])
  })

  it.each(['nonsense', 'WzFd', 'e30', "' or 1=1"])('refuses the cursor %s', async (cursor) => {
    await expect(db.read.orders({}, { limit: 2, cursor })).rejects.toThrow('cursor is not one that a list gave out')
  })
})

describe('proposals', () => {
  it('are found by status, by being open (soonest expiry first), and by their story', async () => {
    await given(db.store, 'proposal', 'p1', [proposalOffered(0, { expiresAt: at(900) })])
    await given(db.store, 'proposal', 'p2', [proposalOffered(10, { expiresAt: at(600) })])
    await given(db.store, 'proposal', 'p3', [proposalOffered(20), { type: 'ProposalExpired', at: at(30), reason: 'time' }])
    expect((await db.read.openProposals()).map((p) => p.id)).toEqual(['p2', 'p1'])
    expect((await db.read.proposals({ status: 'expired' }, { limit: 9 })).items.map((p) => p.id)).toEqual(['p3'])
    expect((await db.read.proposalByStory('ACME buy acme wins a contract', at(5)))?.id).toBe('p3')
    expect(await db.read.proposalByStory('ACME buy acme wins a contract', at(21))).toBeNull()
    expect((await db.read.proposal('p1'))?.terms).toMatchObject({ version: 1, limitPrice: usd('10'), sizedBy: '5 % of equity' })
  })
})

describe('open proposals', () => {
  const armed = (id: string, offered: number, expires: number) =>
    given(db.store, 'proposal', id, [
      proposalOffered(offered, { expiresAt: at(expires) }),
      { type: 'ProposalArmed', version: 1, quantity: '100', by: 'console:local', at: at(offered) },
    ])
  const pending = (id: string, expires: number) => given(db.store, 'proposal', id, [proposalOffered(0, { expiresAt: at(expires) })])
  const ids = (found: readonly { readonly id: string }[]) => found.map((p) => p.id)

  it('are overdue from the moment they expire, armed or not, soonest expiry first, until they have ended', async () => {
    await pending('late', 20)
    await armed('later', 0, 30)
    await pending('open', 31)
    await given(db.store, 'proposal', 'ended', [
      proposalOffered(0, { expiresAt: at(10) }),
      { type: 'ProposalExpired', at: at(10), reason: '' },
    ])
    expect(await db.read.overdueProposals(at(19), 9)).toEqual([])
    expect(ids(await db.read.overdueProposals(at(20), 9))).toEqual(['late'])
    expect(ids(await db.read.overdueProposals(at(30), 9))).toEqual(['late', 'later'])
    expect(ids(await db.read.overdueProposals(at(30), 1))).toEqual(['late'])
  })

  it('are found by being armed, soonest expiry first, one part after the other, also when many expire at once', async () => {
    await armed('c', 3, 60)
    await armed('b', 1, 60)
    await armed('a', 2, 60)
    await armed('first', 4, 50)
    await pending('pending', 40)
    const some = await db.read.armedProposals(2)
    expect(ids(some)).toEqual(['first', 'a'])
    const more = await db.read.armedProposals(2, some.at(-1))
    expect(ids(more)).toEqual(['b', 'c'])
    expect(await db.read.armedProposals(2, more.at(-1))).toEqual([])
  })
})

describe('orders', () => {
  it('are found by being open, by proposal, and by both of their names', async () => {
    await given(db.store, 'order', 'o1', [orderPrepared(0), { type: 'OrderSubmitted', attempt: 1, at: at(1) }, orderFilled('x1', 2)])
    await given(db.store, 'order', 'o2', [orderPrepared(5, { proposalId: 'p2' })])
    await given(db.store, 'order', 'o3', [orderPrepared(9, { role: 'close' })])
    await given(db.store, 'order', 'o2', [
      { type: 'OrderSubmitted', attempt: 1, at: at(6) },
      { type: 'OrderAccepted', brokerOrderId: 'b2', at: at(7) },
    ])
    const ids = async (filter: Parameters<typeof db.read.orders>[0]) => (await db.read.orders(filter, { limit: 9 })).items.map((o) => o.id)
    expect(await ids({})).toEqual(['o3', 'o2', 'o1'])
    expect(await ids({ open: true })).toEqual(['o3', 'o2'])
    expect(await ids({ open: false })).toEqual(['o1'])
    expect(await ids({ proposalId: 'p2' })).toEqual(['o2'])
    expect((await db.read.workingOrders()).map((o) => o.id)).toEqual(['o2', 'o3'])
    expect((await db.read.workingEntries()).map((o) => o.id)).toEqual(['o2'])
    expect((await db.read.workingEntries('ACME')).map((o) => o.id)).toEqual(['o2', 'o3'])
    expect((await db.read.entriesSince(at(1))).map((o) => o.id)).toEqual(['o2'])
    const knownAs = async (theirs: string[], ours: string[]) => (await db.read.ordersKnownAs(theirs, ours)).map((o) => o.id)
    expect(await knownAs(['b2', 'nowhere'], ['c9', 'nowhere'])).toEqual(['o3', 'o2'])
    expect(await knownAs(['b2'], ['c5'])).toEqual(['o2'])
    expect(await knownAs(['c9'], ['b2'])).toEqual([])
    expect(await knownAs([], [])).toEqual([])
    expect(await db.read.orderByBrokerId('nowhere')).toBeNull()
    expect(await db.read.lastFillAt()).toBe(at(2))
    expect((await db.read.recentFills({ limit: 5 })).items).toMatchObject([{ executionId: 'x1', symbol: 'ACME', price: usd('10.02') }])
  })
})

describe('results', () => {
  it('come per trade, per day and per group, with the last stop-out of a symbol', async () => {
    await given(db.store, 'position', 'x', [positionOpened(0), positionClosed(60, '9.4')])
    await given(db.store, 'position', 'y', [positionOpened(100, 'BETA'), positionClosed(160, '10.8', 'take_profit')])
    await given(db.store, 'position', 'z', [positionOpened(200, 'BETA')])
    expect((await db.read.trades({}, { limit: 9 })).items.map((t) => [t.positionId, text(t.realizedPnl), text(t.quantity)])).toEqual([
      ['y', '80', '100'],
      ['x', '-60', '100'],
    ])
    expect((await db.read.trades({ symbol: 'ACME' }, { limit: 9 })).items).toHaveLength(1)
    expect(await db.read.lastStopOut('ACME')).toBe(at(60))
    expect(await db.read.lastStopOut('BETA')).toBeNull()
    const groups = await db.read.resultsBy('symbol', '2013-10-08')
    expect(groups.map((g) => [g.name, text(g.realizedPnl), g.trades, g.wins])).toEqual([
      ['BETA', '80', 1, 1],
      ['ACME', '-60', 1, 0],
    ])
    expect(await db.read.resultsBy('category', '2013-10-09')).toEqual([])
    expect((await db.read.openPositions()).map((p) => p.id)).toEqual(['z'])
    expect((await db.read.positions({ status: 'closed' }, { limit: 9 })).items.map((p) => p.id)).toEqual(['y', 'x'])
  })

  it('show equity over time, thinned but with its first and last point', async () => {
    const marks = Array.from({ length: 50 }, (_, i) => ({ type: 'PortfolioMarked' as const, at: at(i * 60), equity: String(1000 + i) }))
    const rest = { cash: '1000', longValue: '0', shortValue: '0', unrealizedPnl: '0', openPositions: 0 }
    await given(
      db.store,
      'portfolio',
      '2013-10-08',
      marks.map((m) => ({ ...m, ...rest })),
    )
    const thinned = await db.read.snapshots(at(0), 8)
    expect(thinned).toHaveLength(8)
    expect([thinned[0]?.at, thinned.at(-1)?.at]).toEqual([at(0), at(49 * 60)])
    expect((await db.read.snapshots(at(40 * 60), 500)).map((s) => text(s.equity))).toEqual(marks.slice(40).map((m) => m.equity))
    expect((await db.read.lastSnapshotBefore(at(60)))?.at).toBe(at(0))
  })
})

describe('where the account stands', () => {
  const mark = (seconds: number, equity: string) => ({
    ...{ type: 'PortfolioMarked' as const, at: at(seconds), equity, cash: '1', longValue: '0', shortValue: '0' },
    ...{ unrealizedPnl: '0', openPositions: 0 },
  })
  const today = at(-11 * 3600)
  const day = 86_400

  it('is not known before the first look', async () => {
    expect(await db.read.standing(today, '2013-10-08')).toEqual({
      dayStart: null,
      highWater: null,
      results: [],
      days: [],
      sectors: new Map(),
    })
  })

  it('began with the last look before today, or else with the first', async () => {
    await given(db.store, 'portfolio', '2013-10-08', [mark(0, '1000.5'), mark(60, '990')])
    const first = await db.read.standing(today, '2013-10-08')
    expect([first.dayStart, first.highWater].map((v) => v && text(v))).toEqual(['1000.5', '1000.5'])
    await given(db.store, 'portfolio', '2013-10-07', [mark(-day, '1200'), mark(-day + 60, '1100')])
    const second = await db.read.standing(today, '2013-10-08')
    expect([second.dayStart, second.highWater].map((v) => v && text(v))).toEqual(['1100', '1200'])
  })

  it('has the last results less fees, and the sector of what is held or on its way', async () => {
    const security = { exchange: 'X', tradable: true, shortable: true, averageDailyVolume: null, marketCap: null }
    const sectors = [
      ['ACME', 'Energy'],
      ['BETA', 'Utilities'],
      ['CORE', 'Health Care'],
    ] as const
    await db.securities.saveSecurities(sectors.map(([symbol, sector]) => ({ ...security, symbol, name: symbol, sector })))
    await given(db.store, 'position', 'x', [positionOpened(0), positionClosed(5, '9.00')])
    await given(db.store, 'position', 'y', [positionOpened(10, 'BETA')])
    await given(db.store, 'order', 'o', [orderPrepared(20, {})])
    const standing = await db.read.standing(at(13 * 3600), '2013-10-09')
    const [trade] = (await db.read.trades({}, { limit: 1 })).items
    expect(standing.results.map(text)).toEqual([trade && text(trade.realizedPnl.minus(trade.fees))])
    // A day has paid the fees of what it bought as well.
    expect(standing.days.map(text)).toEqual(['-101.05'])
    expect((await db.read.standing(today, '2013-10-08')).days).toEqual([])
    expect([...standing.sectors]).toEqual([
      ['ACME', 'Energy'],
      ['BETA', 'Utilities'],
    ])
  })
})

describe('the rest', () => {
  it('shows who trades in which state, before and after the first change', async () => {
    expect(await db.read.tradingState()).toMatchObject({ state: 'active', mode: 'supervised', epoch: 0 })
    await given(db.store, 'trading', 'main', [{ type: 'TradingHalted', by: 'console:local', cause: 'news', at: at(0), epoch: 1 }])
    await given(db.store, 'people', 'main', [{ type: 'OwnerClaimed', person: 'discord:7', at: at(1) }])
    expect(await db.read.tradingState()).toMatchObject({ state: 'halted', epoch: 1, cause: 'news', since: at(0) })
    expect(await db.read.people()).toEqual({ roles: { 'discord:7': 'owner' } })
    expect((await db.read.riskEvents({ limit: 5 })).items).toMatchObject([
      { kind: 'OwnerClaimed' },
      { kind: 'TradingHalted', explain: 'news', at: at(0) },
    ])
  })

  it('gives events of a stream, of an occasion, after a sequence, or the newest', async () => {
    await given(db.store, 'alert', 'a1', [alertReceived()], { correlationId: 'one' })
    await given(db.store, 'alert', 'a2', [alertReceived()], { correlationId: 'two' })
    await given(db.store, 'alert', 'a1', [{ type: 'AlertProposed', proposalId: 'p1' }], { correlationId: 'two' })
    const sequences = async (filter: Parameters<typeof db.read.events>[0], limit = 9) =>
      (await db.read.events(filter, limit)).map((e) => e.sequence)
    expect(await sequences({ stream: 'alert:a1' })).toEqual([1, 3])
    expect(await sequences({ correlationId: 'two' })).toEqual([2, 3])
    expect(await sequences({ after: 1 }, 1)).toEqual([2])
    expect(await sequences({ newest: true }, 2)).toEqual([3, 2])
    expect(await db.read.lastSequence()).toBe(3)
  })

  it('keeps the list of securities and takes a newer one', async () => {
    const acme = {
      symbol: 'ACME',
      name: 'Acme',
      exchange: 'SIM',
      sector: 'Tech',
      tradable: true,
      shortable: false,
      averageDailyVolume: 1e6,
      marketCap: usd('5'),
    }
    await db.securities.saveSecurities([acme])
    await db.securities.saveSecurities([{ ...acme, sector: 'Energy', marketCap: null }])
    expect(await db.read.security('ACME')).toEqual({ ...acme, sector: 'Energy', marketCap: null })
    expect(await db.read.security('NONE')).toBeNull()
  })
})
