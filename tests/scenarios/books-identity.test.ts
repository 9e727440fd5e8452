import { afterEach, describe, expect, it } from 'vitest'
import { openDatabase } from '../../db/connect.ts'
import { createEventStore } from '../../db/event-store.ts'
import { createMaintenance } from '../../db/maintenance.ts'
import { createReadModel } from '../../db/read-model.ts'
import { amendBooks, openTheBooks, trackRecord } from '../../src/app/books.ts'
import { occasion } from '../../src/app/context.ts'
import { plainStart } from '../../src/config/mode.ts'
import { ConfigurationError } from '../../src/config/problems.ts'
import { recordDrill } from '../../src/domain/books.ts'
import { type BotHome, createHome, removeHome, startTestBot, type TestBotOptions } from '../support/bot.ts'

const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined }
const paperKeys = { APCA_API_KEY_ID: 'PKS3CR3T', APCA_API_SECRET_KEY: 's3cr3t', APCA_API_BASE_URL: 'http://127.0.0.1:1' }
const clock = { now: () => Date.parse('2026-03-03T15:00:00Z'), speed: 1 }

let home: BotHome
afterEach(() => removeHome(home))

async function problemsOf(options: TestBotOptions): Promise<string> {
  try {
    await (await startTestBot({ ...options, home })).stop({ keep: true })
    return 'started'
  } catch (error) {
    if (error instanceof ConfigurationError) return error.message
    throw error
  }
}
async function inBooks<T>(work: (at: Awaited<ReturnType<typeof openDatabase>>) => Promise<T>): Promise<T> {
  const database = await openDatabase({ url: home.databaseUrl, dataDir: `${home.folder}/data`, log: quiet })
  try {
    return await work(database)
  } finally {
    await database.close()
  }
}

describe('books remember whose they are', () => {
  it('given books of the simulator, then paper does not open them and says what to do; the simulator does, again and again', {
    timeout: 90_000,
  }, async () => {
    home = await createHome()
    expect(await problemsOf({})).toBe('started')
    const refused = await problemsOf({ environment: paperKeys, launch: plainStart })
    expect(refused).toMatch(/of sim trading, and the mode is paper: (set DATA_DIR|name another database)/)
    expect(await problemsOf({})).toBe('started')
    const state = await inBooks(({ drizzle, sql }) => createReadModel(drizzle, sql).books())
    expect(state).toMatchObject({ identity: { mode: 'sim', account: 'simulated' }, open: false, crashedAt: null })
  })

  it('given books of a paper account, then the simulator does not open them', async () => {
    home = await createHome()
    const identity = { mode: 'paper', broker: 'alpaca', account: '…0001' } as const
    await inBooks((database) => openTheBooks({ store: createEventStore(database, { chats: () => [], log: quiet }), clock }, identity))
    expect(await problemsOf({})).toContain('of paper trading, and the mode is sim')
  })

  it('given keys that Alpaca was never asked about, then the books stay unbound and empty', async () => {
    home = await createHome()
    expect(await problemsOf({ environment: paperKeys, launch: plainStart })).toContain('does not answer at 127.0.0.1:1')
    expect(await inBooks(({ drizzle, sql }) => createReadModel(drizzle, sql).lastSequence())).toBe(0)
  })

  it('given what owners answer for, then a rebuild of the tables gives the same', async () => {
    home = await createHome()
    await inBooks(async (database) => {
      const store = createEventStore(database, { chats: () => [], log: quiet })
      const read = createReadModel(database.drizzle, database.sql)
      const meta = occasion({ clock }, 'console:local')
      await openTheBooks({ store, clock }, { mode: 'paper', broker: 'alpaca', account: 'a' })
      await openTheBooks({ store, clock }, { mode: 'paper', broker: 'alpaca', account: 'a' })
      await amendBooks({ store }, meta, () => recordDrill('breakers', meta.actor, 'tripped each one', meta.occurredAt))
      const before = [await read.books(), await read.riskEvents({ limit: 10 })]
      const maintenance = createMaintenance(database)
      expect(await maintenance.compareProjections()).toEqual([])
      await maintenance.rebuild()
      expect([await read.books(), await read.riskEvents({ limit: 10 })]).toEqual(before)
      expect((await read.books()).crashedAt).toBe('2026-03-03T15:00:00.000Z')
      expect(await trackRecord(read, 'paper', clock.now())).toMatchObject({ firstTradeAt: null, trades: 0, worstDay: null, killedAt: null })
    })
  })
})
