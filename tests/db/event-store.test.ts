import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { StoredEvent } from '../../src/ports/event-store.ts'
import { type TestDatabase, testDatabase } from '../support/database.ts'
import { alertReceived, at, given, meta, orderFilled, orderPrepared, positionOpened, proposalOffered } from './given.ts'

let db: TestDatabase
beforeAll(async () => {
  db = await testDatabase(['console', 'discord'])
})
beforeEach(() => db.reset())
afterAll(() => db.close())

describe('a transaction', () => {
  it('stores events with their stamp and gives back the state after them', async () => {
    const seen: StoredEvent[] = []
    const forget = db.store.onCommitted((events) => seen.push(...events))
    const stamp = meta({ actor: 'discord:7', correlationId: 'tap-1', causationId: 'e-0' })
    const alert = await db.store.transact(stamp, async (tx) => tx.append(await tx.load('alert', 'a1'), [alertReceived()]))
    forget()
    expect(alert).toMatchObject({ version: 1, state: { id: 'a1', status: 'received', headline: 'Acme wins a contract' } })
    expect(await db.read.events({ stream: 'alert:a1' }, 10)).toEqual(seen)
    expect(seen).toMatchObject([
      {
        sequence: 1,
        kind: 'alert',
        streamId: 'a1',
        version: 1,
        actor: 'discord:7',
        correlationId: 'tap-1',
        causationId: 'e-0',
        event: alertReceived(),
      },
    ])
    expect(seen[0]?.hash).toMatch(/^[0-9a-f]{64}$/)
  })

  it('stores nothing at all when the work fails', async () => {
    const work = db.store.transact(meta(), async (tx) => {
      tx.append(await tx.load('alert', 'a1'), [alertReceived()])
      tx.enqueue({ cardKey: 'proposal:p1', card: null, mention: [] })
      await tx.firstSight('broker', 'x1')
      await tx.flush()
      throw new Error('a defect')
    })
    await expect(work).rejects.toThrow('a defect')
    expect(await db.read.lastSequence()).toBe(0)
    expect(await db.read.alert('a1')).toBeNull()
    expect(await db.outbox.pending('console', 10, 'posts')).toEqual([])
    expect(await db.store.transact(meta(), (tx) => tx.firstSight('broker', 'x1'))).toBe(true)
  })

  it('loads what it has appended itself, and reads it once it is flushed', async () => {
    await db.store.transact(meta(), async (tx) => {
      tx.append(await tx.load('alert', 'a1'), [alertReceived()])
      expect((await tx.load('alert', 'a1')).version).toBe(1)
      expect(await tx.read.alert('a1')).toBeNull()
      await tx.flush()
      expect((await tx.read.alert('a1'))?.symbol).toBe('ACME')
      tx.append(await tx.load('alert', 'a1'), [{ type: 'AlertProposed', proposalId: 'p1' }])
    })
    expect(await db.read.alert('a1')).toMatchObject({ status: 'proposed', proposalId: 'p1' })
  })

  it('loads many streams in the order asked, the unknown ones in their initial state', async () => {
    await given(db.store, 'alert', 'a2', [alertReceived(2)])
    await given(db.store, 'alert', 'a1', [alertReceived(1)])
    const loaded = await db.store.transact(meta(), (tx) => tx.loadMany('alert', ['a1', 'a2', 'a3', 'a1']))
    expect(loaded.map((l) => [l.id, l.version])).toEqual([
      ['a1', 1],
      ['a2', 1],
      ['a3', 0],
      ['a1', 1],
    ])
  })

  it('replaces text that Postgres cannot store instead of losing the event', async () => {
    const lone = String.fromCharCode(0xd800)
    const hostile = `NUL ${String.fromCharCode(0)} and half a pair ${lone}, but \\u0000 and 😀 are fine`
    await given(db.store, 'alert', 'a1', [alertReceived(0, { headline: hostile })])
    expect((await db.read.alert('a1'))?.headline).toBe('NUL \uFFFD and half a pair \uFFFD, but \\u0000 and 😀 are fine')
  })

  it('refuses to append to a stream that it has not loaded', async () => {
    const alert = await given(db.store, 'alert', 'a1', [alertReceived()])
    const work = db.store.transact(meta(), async (tx) => tx.append(alert, [{ type: 'AlertProposed', proposalId: 'p1' }]))
    await expect(work).rejects.toThrow('load alert:a1 in this transaction')
  })
})

describe('fifty transactions at once', () => {
  it('on one stream all succeed, one after the other, with a gapless chain of versions', async () => {
    await given(db.store, 'proposal', 'p1', [proposalOffered()])
    const race = Array.from({ length: 50 }, (_, i) =>
      db.store.transact(meta(), async (tx) =>
        tx.append(await tx.load('proposal', 'p1'), [{ type: 'ProposalAlsoReported', source: `wire ${i}` }]),
      ),
    )
    await Promise.all(race)
    const proposal = await db.read.proposal('p1')
    expect(new Set(proposal?.alsoOn).size).toBe(50)
    const versions = (await db.read.events({ stream: 'proposal:p1' }, 100)).map((e) => e.version)
    expect(versions).toEqual(Array.from({ length: 51 }, (_, i) => i + 1))
  })

  it('with the same key, exactly one sees it first', async () => {
    const sights = await Promise.all(Array.from({ length: 50 }, () => db.store.transact(meta(), (tx) => tx.firstSight('broker', 'x1'))))
    expect(sights.filter(Boolean)).toHaveLength(1)
  })

  it('under one lock never overlap', async () => {
    let inside = 0
    let most = 0
    const work = () =>
      db.store.transact(meta(), async (tx) => {
        await tx.lock('entry:ACME')
        inside += 1
        most = Math.max(most, inside)
        await tx.read.lastSequence()
        inside -= 1
      })
    await Promise.all(Array.from({ length: 50 }, work))
    expect(most).toBe(1)
  })

  it('under a lock, load anew what another transaction has appended meanwhile', async () => {
    await given(db.store, 'proposal', 'p1', [proposalOffered()])
    let attempts = 0
    const work = (i: number) =>
      db.store.transact(meta(), async (tx) => {
        attempts += 1
        await tx.load('proposal', 'p1')
        await tx.lock('p1')
        tx.append(await tx.load('proposal', 'p1'), [{ type: 'ProposalAlsoReported', source: `wire ${i}` }])
      })
    await Promise.all(Array.from({ length: 20 }, (_, i) => work(i)))
    expect(attempts).toBe(20)
  })
})

describe('listeners', () => {
  it('hear of commits in order, and a failing one stops nobody', async () => {
    const heard: number[] = []
    const one = db.store.onCommitted(() => {
      throw new Error('a broken screen')
    })
    const two = db.store.onCommitted((events) => heard.push(...events.map((e) => e.sequence)))
    for (const id of ['a1', 'a2', 'a3']) await given(db.store, 'alert', id, [alertReceived()])
    one()
    two()
    await given(db.store, 'alert', 'a4', [alertReceived()])
    expect(heard).toEqual([1, 2, 3])
  })
})

describe('the projections', () => {
  it('show an order, its fill, and how well it was carried out', async () => {
    await given(db.store, 'order', 'o1', [
      orderPrepared(0),
      { type: 'OrderSubmitted', attempt: 1, at: at(1) },
      { type: 'OrderAccepted', brokerOrderId: 'b1', at: at(2) },
      orderFilled('x1', 3),
    ])
    const { sql } = db.database
    const log = await sql`select event, latency_ms, slippage from execution_log order by at`
    expect(log.map((row) => [row['event'], row['latency_ms'] === null ? null : Number(row['latency_ms']), row['slippage']])).toEqual([
      ['OrderPrepared', null, null],
      ['OrderSubmitted', 0, null],
      ['OrderAccepted', 1000, null],
      ['OrderFilled', 2000, '0.02'],
    ])
    expect(await db.read.orderByBrokerId('b1')).toEqual((await db.store.transact(meta(), (tx) => tx.load('order', 'o1'))).state)
    expect((await db.read.fills(['o1', 'o2'])).map((f) => f.executionId)).toEqual(['x1'])
  })

  it('void a hundred proposals in a handful of statements', async () => {
    const ids = Array.from({ length: 100 }, (_, i) => `p${i}`)
    await db.store.transact(meta(), async (tx) => {
      for (const p of await tx.loadMany('proposal', ids)) tx.append(p, [proposalOffered()])
    })
    await db.store.transact(meta(), async (tx) => {
      for (const p of await tx.loadMany('proposal', ids)) tx.append(p, [{ type: 'ProposalVoided', at: at(9), cause: 'kill' }])
    })
    expect(await db.read.openProposals()).toEqual([])
    expect((await db.read.proposals({ status: 'voided' }, { limit: 200 })).items).toHaveLength(100)
  })

  it('give back a position exactly as its events make it', async () => {
    const position = await given(db.store, 'position', 'x', [positionOpened()])
    expect(await db.read.openPosition('ACME')).toEqual(position.state)
  })
})
