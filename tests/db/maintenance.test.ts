import fc from 'fast-check'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createMaintenance, type DatabaseMaintenance } from '../../db/maintenance.ts'
import { decimal, price, quantity, text, usd } from '../../src/domain/decimal.ts'
import { acceptOrder, endOrder, fillOrder, requestCancel, submitOrder } from '../../src/domain/order-decisions.ts'
import { exitSide } from '../../src/domain/position.ts'
import { fillPosition, markPosition, openPosition, splitPosition } from '../../src/domain/position-decisions.ts'
import { declineProposal, denyProposal, endProposal } from '../../src/domain/proposal-decisions.ts'
import { changeMode, haltTrading, pauseTrading, resumeTrading } from '../../src/domain/trading-state.ts'
import type { EventStore, Transaction } from '../../src/ports/event-store.ts'
import { type TestDatabase, testDatabase } from '../support/database.ts'
import {
  alertReceived,
  at,
  given,
  meta,
  orderFilled,
  orderPrepared,
  positionClosed,
  positionOpened,
  positionReduced,
  proposalOffered,
} from './given.ts'

let db: TestDatabase
let maintenance: DatabaseMaintenance
beforeAll(async () => {
  db = await testDatabase()
  maintenance = createMaintenance(db.database)
})
beforeEach(() => db.reset())
afterAll(() => db.close())

/** What somebody with the database's own password could do. */
const tamper = (statement: string) =>
  db.database.sql.begin(async (tx) => {
    await tx`alter table events disable trigger events_append_only`
    await tx.unsafe(statement)
    await tx`alter table events enable trigger events_append_only`
  })

async function aDay(store: EventStore): Promise<void> {
  await given(store, 'alert', 'a1', [alertReceived()])
  await given(store, 'proposal', 'p1', [proposalOffered(), { type: 'ProposalAlsoReported', source: 'other wire' }])
  await given(store, 'order', 'o1', [orderPrepared(), { type: 'OrderSubmitted', attempt: 1, at: at(1) }, orderFilled('x1', 3)])
  await given(store, 'position', 'x', [positionOpened(3), positionReduced(10, '11', '40'), positionClosed(20, '9.4', 'stop_loss', '60')])
}

describe('the events', () => {
  it.each(["update events set actor = 'nobody'", 'delete from events', 'truncate events'])('refuse: %s', async (statement) => {
    await aDay(db.store)
    const before = await db.read.events({}, 100)
    await expect(db.database.sql.unsafe(statement)).rejects.toThrow('events are append-only')
    expect(await db.read.events({}, 100)).toEqual(before)
  })

  it('have whole chains when nobody touched them', async () => {
    await aDay(db.store)
    const progress: (readonly [number, number])[] = []
    expect(await maintenance.verifyChains((done, total) => progress.push([done, total]))).toEqual([])
    expect(progress.at(-1)).toEqual([9, 9])
  })

  it('show any change of any field of any event', async () => {
    const changes = {
      stream: "stream = stream || 'x'",
      kind: "kind = 'people'",
      stream_id: "stream_id = stream_id || 'x'",
      version: 'version = version + 50',
      type: "type = type || 'x'",
      data: `data = data || '{"by":"somebody else"}'`,
      actor: "actor = actor || 'x'",
      correlation_id: "correlation_id = correlation_id || 'x'",
      causation_id: "causation_id = coalesce(causation_id, '') || 'x'",
      occurred_at: "occurred_at = occurred_at + interval '1 millisecond'",
      recorded_at: "recorded_at = recorded_at - interval '1 hour'",
      hash: 'hash = reverse(hash)',
    }
    const change = fc.constantFrom(...Object.values(changes))
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 9 }), change, async (sequence, set) => {
        await db.reset()
        await aDay(db.store)
        await tamper(`update events set ${set} where sequence = ${sequence}`)
        const [row] = await db.database.sql`select stream from events where sequence = ${sequence}`
        const problems = await maintenance.verifyChains()
        expect(problems).not.toEqual([])
        const where = problems.map((p) => p.where.replace(/@\d+$/, ''))
        expect(where).toContain(String(row?.['stream']))
      }),
      { numRuns: 40 },
    )
  })

  it('show an event that was taken out of the middle', async () => {
    await aDay(db.store)
    await tamper("delete from events where stream = 'order:o1' and version = 2")
    expect(await maintenance.verifyChains()).toEqual([{ where: 'order:o1@3', problem: 'version 2 of order:o1 is missing' }])
  })

  it('show an event that was cut off the end, because the books know of it', async () => {
    await aDay(db.store)
    await tamper("delete from events where stream = 'order:o1' and version = 3")
    expect((await maintenance.compareProjections()).map((p) => p.where)).toContain('orders o1')
  })
})

type Act = (tx: Transaction) => Promise<void>
const stream = fc.constantFrom('s1', 's2', 's3')
const second = fc.integer({ min: 0, max: 200_000 })
const cents = fc.integer({ min: 100, max: 9_999 }).map((n) => price(`${Math.floor(n / 100)}.${String(n % 100).padStart(2, '0')}`))
const shares = fc.integer({ min: 1, max: 60 }).map((n) => quantity(String(n)))

/** Any next step of any stream that its own rules allow; what they refuse changes nothing. */
const acts: readonly fc.Arbitrary<Act>[] = [
  fc.tuple(stream, second).map(([id, s]) => async (tx) => {
    const alert = await tx.load('alert', id)
    if (alert.version === 0) tx.append(alert, [alertReceived(s)])
    else if (alert.state.status === 'received') tx.append(alert, [{ type: 'AlertFiltered', code: 'OLD', reason: 'too old' }])
  }),
  fc.tuple(stream, second, fc.nat(4)).map(([id, s, choice]) => async (tx) => {
    const p = await tx.load('proposal', id)
    if (p.version === 0) return void tx.append(p, [proposalOffered(s)])
    const denial = { code: 'STALE', limit: '5', actual: '9', wouldPass: null, explain: 'the quote is old', transient: choice === 0 }
    const decision = [
      denyProposal(p.state, 'console:local', at(s), [denial]),
      declineProposal(p.state, { by: 'console:local', at: at(s), reason: 'no', owner: false }),
      endProposal(p.state, { type: 'ProposalExpired', at: at(s), reason: 'time' }),
      denyProposal(p.state, 'console:local', at(s), [denial]),
      endProposal(p.state, { type: 'ProposalVoided', at: at(s), cause: 'kill' }),
    ][choice]
    if (decision?.ok) tx.append(p, decision.events)
  }),
  fc.tuple(stream, second, fc.nat(5), shares, cents).map(([id, s, choice, size, paid]) => async (tx) => {
    const o = await tx.load('order', id)
    if (o.version === 0) return void tx.append(o, [orderPrepared(s)])
    const left = o.state.quantity.minus(o.state.filledQuantity)
    const fill = {
      executionId: `${id}-${o.version}`,
      quantity: quantity(size.gt(left) ? left : size),
      price: paid,
      fees: usd('0.02'),
      at: at(s),
    }
    const decision = [
      () => submitOrder(o.state, at(s)),
      () => acceptOrder(o.state, `broker-${id}`, at(s)),
      () => (left.gt(usd('0')) ? fillOrder(o.state, fill) : null),
      () => requestCancel(o.state, 'time', at(s)),
      () => endOrder(o.state, { type: 'OrderCanceled', at: at(s) }),
      () => endOrder(o.state, { type: 'OrderRejected', reason: 'no', at: at(s) }),
    ][choice]?.()
    if (decision?.ok) tx.append(o, decision.events)
  }),
  fc.tuple(stream, second, fc.nat(5), shares, cents).map(([id, s, choice, size, paid]) => async (tx) => {
    const p = await tx.load('position', id)
    const fill = {
      orderId: id,
      executionId: `${id}-${p.version}`,
      side: 'buy' as const,
      quantity: size,
      price: paid,
      fees: usd('0.35'),
      at: at(s),
    }
    const opening = { symbol: id, stopLoss: null, takeProfit: null, context: null, category: null, proposalId: null }
    const opened = p.version === 0 ? openPosition(p.state, fill, opening) : null
    if (opened) return void (opened.ok && tx.append(p, opened.events))
    const exit = { ...fill, side: exitSide(p.state.side), quantity: size.gt(p.state.quantity) ? p.state.quantity : size }
    const decision = [
      fillPosition(p.state, fill, 'manual'),
      fillPosition(p.state, exit, 'stop_loss'),
      fillPosition(p.state, exit, 'take_profit'),
      fillPosition(p.state, exit, 'manual'),
      markPosition(p.state, paid, { mae: usd('-1'), mfe: usd('2') }),
      splitPosition(p.state, '2', at(s)),
    ][choice]
    if (decision?.ok) tx.append(p, decision.events)
  }),
  fc.tuple(second, fc.nat(3)).map(([s, choice]) => async (tx) => {
    const t = await tx.load('trading', 'main')
    const by = 'console:local'
    const decision = [
      pauseTrading(t.state, by, 'lunch', at(s)),
      haltTrading(t.state, by, 'news', at(s)),
      resumeTrading(t.state, by, 'all is well', at(s)),
      changeMode(t.state, by, 'autonomous', at(s)),
    ][choice]
    if (decision?.ok) tx.append(t, decision.events)
  }),
  second.map((s) => async (tx) => {
    const day = await tx.load('portfolio', '2013-10-08')
    const figures = { equity: '100000', cash: '90000', longValue: '10000', shortValue: '0', unrealizedPnl: '0', openPositions: 1 }
    tx.append(day, [{ type: 'PortfolioMarked', at: at(s), ...figures }])
  }),
]

async function allRows(): Promise<unknown> {
  const { sql } = db.database
  const tables = [
    'alerts',
    'proposals',
    'approvals',
    'orders',
    'fills',
    'execution_log',
    'positions',
    'closed_positions',
    'realizations',
    'day_results',
  ]
  const rows: Record<string, unknown> = {}
  for (const table of [...tables, 'risk_events', 'portfolio_snapshots', 'singletons'])
    rows[table] = [...(await sql.unsafe(`select * from ${table} t order by 1`))]
  // Numbers may differ in trailing zeros.
  return JSON.parse(JSON.stringify(rows), (_key, v: unknown) => (typeof v === 'string' && /^-?\d+\.\d+$/.test(v) ? text(decimal(v)) : v))
}

describe('the projections', () => {
  it('are, after any history, what a rebuild makes of it, and as the streams say', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.array(fc.oneof(...acts), { minLength: 1, maxLength: 4 }), { maxLength: 25 }), async (history) => {
        await db.reset()
        for (const steps of history)
          await db.store.transact(meta(), async (tx) => {
            for (const act of steps) await act(tx)
          })
        expect(await maintenance.compareProjections()).toEqual([])
        const before = await allRows()
        await db.database.sql`update positions set realized_pnl = realized_pnl + 1`
        await db.database.sql`delete from orders`
        await db.database.sql`update day_results set wins = wins + 1`
        await maintenance.rebuild()
        expect(await allRows()).toEqual(before)
      }),
      { numRuns: 25 },
    )
  })

  it('are compared with the events: each row that is wrong, missing or made up is named', async () => {
    await aDay(db.store)
    const { sql } = db.database
    await sql`update positions set quantity = 7`
    await sql`delete from fills`
    await sql`update proposals set stream_version = 99`
    await sql`update day_results set fees = 0`
    await sql`insert into approvals (id, proposal_id, outcome, by, at) values ('proposal:p1@1', 'p1', 'approved', 'me', now()), ('proposal:p9@1', 'p9', 'approved', 'me', now())`
    const where = (await maintenance.compareProjections()).map((p) => p.where).sort()
    expect(where).toEqual([
      'approvals proposal:p1@1',
      'approvals proposal:p9@1',
      'day_results 2013-10-08',
      'fills x1',
      'positions x',
      'proposals p1',
    ])
    expect(await maintenance.rebuild()).toBe(9)
    expect(await maintenance.compareProjections()).toEqual([])
  })

  it('come out right when trading goes on during a rebuild', async () => {
    await aDay(db.store)
    const trade = async (i: number) => {
      await given(db.store, 'position', `t${i}`, [positionOpened(i, `S${i}`)])
      await given(db.store, 'position', `t${i}`, [positionClosed(i + 1, '10.5', 'take_profit')])
    }
    await Promise.all([maintenance.rebuild(), ...Array.from({ length: 20 }, (_, i) => trade(i)), maintenance.rebuild()])
    expect(await maintenance.compareProjections()).toEqual([])
    expect(await db.read.dayResults('2013-10-08')).toMatchObject([{ trades: 21, wins: 21, losses: 0 }])
  })

  it('count what a fill realized on its day, and the trade on the day of its close', async () => {
    const nextDay = 24 * 3600
    await given(db.store, 'position', 'x', [
      positionOpened(0),
      positionReduced(10, '11', '40'),
      positionClosed(nextDay, '9.4', 'stop_loss', '60'),
    ])
    const days = (await db.read.dayResults('2013-10-01')).map((d) => ({ ...d, realizedPnl: text(d.realizedPnl), fees: text(d.fees) }))
    expect(days).toEqual([
      { date: '2013-10-08', realizedPnl: '40', fees: '0.7', wins: 0, losses: 0, trades: 0 },
      { date: '2013-10-09', realizedPnl: '-36', fees: '0.35', wins: 1, losses: 0, trades: 1 },
    ])
  })
})
