import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTestBot, webhookSecret } from './bot.ts'
import { type TestDatabase, testDatabase } from './database.ts'
import { spotInFiles, spotInLog, spotInTables, takeLeaks } from './leaks.ts'
import { iso } from './samples.ts'

describe('a secret is spotted', () => {
  let database: TestDatabase
  beforeAll(async () => {
    database = await testDatabase()
  })
  afterAll(() => database.close())

  it('in a line of a log, also deep in the error it carries', () => {
    spotInLog('all is well', { symbol: 'ACME' })
    expect(takeLeaks()).toEqual([])
    spotInLog('it failed', { error: new Error('no answer', { cause: new Error(`Bearer ${webhookSecret}`) }) })
    expect(takeLeaks()).toEqual([expect.stringContaining('log "it failed"')])
  })

  it('in an event and in a message that waits', async () => {
    const meta = { actor: 'system', correlationId: 'c', causationId: null, occurredAt: iso() }
    await database.store.transact(meta, async (tx) => {
      const mute = { type: 'TradingPaused' as const, by: 'system', cause: `pasted ${webhookSecret}`, at: iso() }
      tx.append(await tx.load('trading', 'trading'), [mute])
      const card = { kind: 'notice', title: webhookSecret.toUpperCase() } as never
      tx.enqueue({ cardKey: 'k', card, mention: 'nobody' as never })
    })
    await spotInTables(database.database.sql)
    expect([...takeLeaks()].sort()).toEqual([expect.stringMatching(/^table events/), expect.stringMatching(/^table outbox/)])
    await database.reset()
    takeLeaks()
  })

  it('in the files of a database that was closed', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'catalyst-leaks-'))
    await mkdir(join(folder, 'deep'))
    await writeFile(join(folder, 'deep/wal'), Buffer.concat([Buffer.alloc(100_000), Buffer.from(webhookSecret)]))
    await spotInFiles(folder, 0)
    await rm(folder, { recursive: true })
    expect(takeLeaks()).toEqual([expect.stringMatching(/^file \/deep\/wal/)])
  })

  it('wherever a bot keeps what it was told', async () => {
    const bot = await startTestBot()
    const { symbol } = (await bot.bot.app.market.securities())[0] ?? { symbol: '' }
    const story = { id: 'a1', symbol, headline: `My secret is ${webhookSecret}`, source: 'wire', confidence: 0.1, catalyst_score: 0.1 }
    const published = new Date(bot.bot.app.clock.now()).toISOString()
    expect(await bot.alert({ ...story, published_at: published })).toMatchObject({ status: 202 })
    await bot.stop()
    expect(takeLeaks()).not.toEqual([])
  })
})
