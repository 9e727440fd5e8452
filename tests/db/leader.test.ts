import { hostname } from 'node:os'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type Database, openDatabase } from '../../db/connect.ts'
import { createEventStore } from '../../db/event-store.ts'
import { NoLongerLeading } from '../../db/fence.ts'
import { createKeyValueStore } from '../../db/key-value.ts'
import { type Attempt, createCandidate } from '../../db/leader.ts'
import type { LeaderTimers, Reign } from '../../db/reign.ts'
import { eventually } from '../support/bot.ts'
import { silentLog, type TestDatabase, testDatabase } from '../support/database.ts'
import { alertReceived, meta } from './given.ts'

const timers: LeaderTimers = { heartbeatMs: 100, takeoverMs: 1_000, sendWithinMs: 200 }
/** As good as frozen, to the others: its connections stand, and nothing is heard of it. */
const frozen: LeaderTimers = { ...timers, heartbeatMs: 600_000 }
const server = process.env['TEST_DATABASE_URL']

describe('leading on the embedded database', () => {
  it.skipIf(server)('is for the only process there is', async () => {
    const db = await testDatabase()
    const candidate = createCandidate(db.database, { timers, port: 3000 })
    const { reign } = await candidate.attempt()
    await candidate.close()
    expect([reign?.fence, reign?.obstacle()]).toEqual([null, null])
    await reign?.resign()
    await db.close()
  })
})

describe.skipIf(!server)(server ? 'leading on a server' : 'leading on a server: set TEST_DATABASE_URL to run this', () => {
  let db: TestDatabase
  let url: string
  const opened: (() => Promise<void>)[] = []
  beforeAll(async () => {
    db = await testDatabase()
    const [row] = await db.database.sql`select current_database() as name`
    url = Object.assign(new URL(server ?? ''), { pathname: `/${row?.['name']}` }).href
  })
  beforeEach(() => db.reset())
  afterEach(async () => {
    for (const close of opened.splice(0).reverse()) await close()
  })
  afterAll(() => db.close())

  /** A process of its own, as far as the server can tell. */
  async function open(own = timers) {
    const database = await openDatabase({ url, dataDir: '', log: silentLog })
    const candidate = createCandidate(database, { timers: own, port: 4321 })
    opened.push(
      () => candidate.close(),
      () => database.close(),
    )
    return { database, candidate }
  }
  async function leading(own = timers): Promise<{ database: Database; reign: Reign }> {
    const { database, candidate } = await open(own)
    const reign = leads(await candidate.attempt())
    opened.push(() => reign.resign())
    return { database, reign }
  }
  const leads = (attempt: Attempt): Reign => {
    if (!attempt.reign) throw new Error(`does not lead: ${JSON.stringify(attempt)}`)
    return attempt.reign
  }
  const storeOf = ({ database, reign }: { database: Database; reign: Reign }) =>
    createEventStore(database, { chats: () => [], log: silentLog, fence: reign.fence })
  const append = (store: ReturnType<typeof storeOf>, id: string) =>
    store.transact(meta(), async (tx) => tx.append(await tx.load('alert', id), [alertReceived()]))
  async function takesOver(candidate: { attempt(): Promise<Attempt> }): Promise<Reign> {
    const reign = await eventually('a take-over', async () => (await candidate.attempt()).reign)
    opened.push(() => reign.resign())
    return reign
  }

  it('is for one at a time, and the others see who it is', async () => {
    await leading()
    const { candidate } = await open()
    const second = await candidate.attempt()
    expect(second).toMatchObject({ reign: null, problem: null, leader: { host: hostname(), pid: process.pid, port: 4321 } })
    expect(second.reign === null && second.leader?.silentMs).toBeLessThan(timers.takeoverMs)
  })

  it('passes on at once from a process that stops in order, under a higher token, with nothing to wait for', async () => {
    const first = await leading()
    await first.reign.resign()
    const second = await leading()
    expect(second.reign.fence?.token).toBe((first.reign.fence?.token ?? 0) + 1)
    await second.reign.othersSilent()
  })

  it('passes on at once from a process that died, but what that one had claimed counts as on its way for a while', async () => {
    const first = await leading({ ...timers, sendWithinMs: 60_000 })
    await db.database.sql`select pg_terminate_backend(pid) from pg_stat_activity where application_name = ${first.database.session}`
    expect(await first.reign.lost).toContain('the connection to the database broke')
    const second = await leading()
    const early = await Promise.race([
      second.reign.othersSilent().then(() => 'silent'),
      new Promise((done) => setTimeout(done, 300, 'not yet')),
    ])
    expect(early).toBe('not yet')
  })

  it('stays with a process that shows that it lives', async () => {
    await leading()
    const { candidate } = await open()
    const until = performance.now() + timers.takeoverMs * 2
    while (performance.now() < until) expect((await candidate.attempt()).reign).toBeNull()
  })

  it('is taken from a process that is silent for too long, and all its connections are ended', async () => {
    const ghost = await leading(frozen)
    const { candidate } = await open()
    expect((await candidate.attempt()).reign).toBeNull()
    await takesOver(candidate)
    await ghost.reign.lost
    const left = await db.database.sql`select 1 from pg_stat_activity where application_name = ${ghost.database.session}`
    expect(left).toHaveLength(0)
  })

  it('is taken from a process that got the lock and froze before it said so', async () => {
    const ghost = await openDatabase({ url, dataDir: '', log: silentLog })
    const connection = ghost.dedicated?.(() => undefined)
    if (connection) await connection`select pg_advisory_lock(hashtextextended('catalyst leader', 0))`
    const { candidate } = await open()
    expect(await candidate.attempt()).toEqual({ reign: null, leader: null, problem: null })
    await takesOver(candidate)
    await connection?.end()
    await ghost.close()
  })

  it('does not let an old leader store anything: no event, no key, not even a deletion', async () => {
    const ghost = await leading(frozen)
    const [store, keyValue] = [storeOf(ghost), createKeyValueStore(ghost.database, ghost.reign.fence)]
    await append(store, 'before')
    await keyValue.save('book', new Map([['order', 1]]))
    const { candidate, database } = await open()
    const next = { database, reign: await takesOver(candidate) }

    await expect(append(store, 'after')).rejects.toThrow(NoLongerLeading)
    await expect(keyValue.save('book', new Map([['order', 2]]))).rejects.toThrow(NoLongerLeading)
    await expect(keyValue.save('book', new Map([['order', null]]))).rejects.toThrow(NoLongerLeading)
    expect(await db.read.lastSequence()).toBe(1)
    expect(await db.keyValue.load('book')).toEqual(new Map([['order', 1]]))
    await append(storeOf(next), 'after')
    await createKeyValueStore(next.database, next.reign.fence).save('book', new Map([['order', 3]]))
    expect(await db.keyValue.load('book')).toEqual(new Map([['order', 3]]))
  })

  it('does not let a transaction of an old leader commit that was open at the take-over', async () => {
    const ghost = await leading(frozen)
    let begun: () => void = () => undefined
    const inside = new Promise<void>((resolve) => {
      begun = resolve
    })
    const open1 = storeOf(ghost).transact(meta(), async (tx) => {
      await tx.lock('trading-state')
      tx.append(await tx.load('alert', 'half-way'), [alertReceived()])
      await tx.flush()
      begun()
      await new Promise(() => undefined)
    })
    const failed = expect(open1).rejects.toThrow()
    await inside
    const { candidate, database } = await open()
    const next = storeOf({ database, reign: await takesOver(candidate) })
    // It held a lock that everything needs.
    await next.transact(meta(), (tx) => tx.lock('trading-state'))
    await failed
    expect(await db.read.alert('half-way')).toBeNull()
  })

  it('commits a claim before the take-over or not at all, whatever the two do at the same moment', { timeout: 60_000 }, async () => {
    for (let round = 0; round < 3; round++) {
      const old = await leading()
      const store = storeOf(old)
      const committed: string[] = []
      const claims = Array.from({ length: 8 }, (_, i) =>
        append(store, `round-${round}-${i}`).then(
          () => committed.push(`round-${round}-${i}`),
          () => undefined,
        ),
      )
      await db.database.sql`select pg_terminate_backend(pid) from pg_locks where locktype = 'advisory' and objsubid = 1
        and database = (select oid from pg_database where datname = current_database())`
      const { candidate } = await open()
      await takesOver(candidate)
      const [row] = await db.database.sql`select count(*)::int as stored from events where stream_id like ${`round-${round}-%`}`
      await Promise.all(claims)
      const [after] = await db.database.sql`select count(*)::int as stored from events where stream_id like ${`round-${round}-%`}`
      expect(after).toEqual(row)
      expect(committed.length).toBeLessThanOrEqual(Number(row?.['stored']))
      for (const close of opened.splice(0).reverse()) await close()
    }
  })
})
