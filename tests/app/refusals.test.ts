import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { createMaintenance } from '../../db/maintenance.ts'
import { createRefusals } from '../../src/app/refusals.ts'
import { silentLog, type TestDatabase, testDatabase } from '../support/database.ts'
import { noon } from '../support/samples.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await testDatabase()
})
beforeEach(async () => {
  await database.reset()
  vi.useFakeTimers({ toFake: ['Date'] })
})
afterEach(() => {
  vi.useRealTimers()
})
afterAll(() => database.close())

const refusals = () => createRefusals({ store: database.store, clock: { now: () => noon, speed: 1 }, log: silentLog })
const refused = (over: Partial<Parameters<ReturnType<typeof refusals>>[0]> = {}) => ({
  person: 'discord:666',
  place: 'discord',
  action: '/kill',
  code: 'UNKNOWN_PERSON',
  ...over,
})
const rows = async () => (await database.read.riskEvents({ limit: 200 })).items

describe('refusals', () => {
  it('are on the record for good, and change nobody’s role', async () => {
    await refusals()(refused())
    expect(await rows()).toMatchObject([{ kind: 'AccessRefused', explain: 'discord:666 in discord: /kill (UNKNOWN_PERSON)' }])
    const [event] = await database.read.events({ newest: true }, 1)
    expect(event).toMatchObject({ kind: 'people', streamId: 'refused-2013-10-07-discord:666', actor: 'discord:666' })
    expect(await database.read.people()).toEqual({ roles: {} })
    const maintenance = createMaintenance(database.database)
    expect([await maintenance.compareProjections(), await maintenance.verifyChains()]).toEqual([[], []])
  })

  it('of one person and action are written once a minute', async () => {
    const record = refusals()
    for (let i = 0; i < 20; i++) await record(refused())
    await record(refused({ action: '/pause' }))
    expect(await rows()).toHaveLength(2)
    vi.setSystemTime(Date.now() + 60_000)
    await record(refused())
    expect(await rows()).toHaveLength(3)
  })

  it('cannot fill the disk, however many people try however many things', async () => {
    const record = refusals()
    for (let i = 0; i < 40; i++) await record(refused({ action: `/x${i}` }))
    expect(await rows()).toHaveLength(10)
    for (let i = 0; i < 200; i++) await record(refused({ person: `discord:${i}` }))
    expect(await rows()).toHaveLength(60)
  })

  it('are bounded and clean, whatever somebody is called', async () => {
    await refusals()(refused({ person: `slack:${'x'.repeat(500)}`, place: 'a\u202eb\nc', action: '\u0000'.repeat(9) }))
    const [row] = await rows()
    expect(row?.explain.length).toBeLessThan(200)
    for (const hidden of ['\u202e', '\n', '\u0000']) expect(row?.explain).not.toContain(hidden)
  })

  it('are refusals even when they cannot be written', async () => {
    const store = { ...database.store, transact: () => Promise.reject(new Error('no database')) }
    await expect(createRefusals({ store, clock: { now: () => noon, speed: 1 }, log: silentLog })(refused())).resolves.toBeUndefined()
  })
})
