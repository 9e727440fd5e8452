import { createHash, randomUUID } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import postgres from 'postgres'
import { connectEmbedded, type Database, openDatabase } from '../../db/connect.ts'
import { createEventStore } from '../../db/event-store.ts'
import { createKeyValueStore } from '../../db/key-value.ts'
import { knownMigrations } from '../../db/migrate.ts'
import { createOutbox } from '../../db/outbox.ts'
import { createReadModel } from '../../db/read-model.ts'
import { createSecurityStore } from '../../db/security-store.ts'
import type { EventStore } from '../../src/ports/event-store.ts'
import type { KeyValueStore } from '../../src/ports/key-value.ts'
import type { Outbox } from '../../src/ports/outbox.ts'
import type { ReadModel, SecurityStore } from '../../src/ports/read-model.ts'

export interface TestDatabase {
  readonly database: Database
  readonly store: EventStore
  readonly read: ReadModel
  readonly outbox: Outbox
  readonly keyValue: KeyValueStore
  readonly securities: SecurityStore
  /** Empties every table; for `beforeEach`. */
  reset(): Promise<void>
  close(): Promise<void>
}

export const silentLog = { info() {}, warn() {}, error() {}, debug() {} }

const schemaId = createHash('sha256').update(knownMigrations().join()).digest('hex').slice(0, 16)

/**
 * One database per test file: in memory, or one of its own on the server that TEST_DATABASE_URL names.
 * Both start from a template with the schema in place.
 * @param chats the chats that messages are stored for.
 */
export async function testDatabase(chats: readonly string[] = ['console']): Promise<TestDatabase> {
  const server = process.env['TEST_DATABASE_URL']
  const database = server ? await onServer(server) : await inMemory()
  const { sql } = database
  return {
    database,
    store: createEventStore(database, { chats: () => chats, log: silentLog }),
    read: createReadModel(database.drizzle, sql),
    outbox: createOutbox(database),
    keyValue: createKeyValueStore(database),
    securities: createSecurityStore(database),
    async reset() {
      const tables = await sql`select quote_ident(tablename) as name from pg_tables where schemaname = 'public'`
      const names = tables.map((t) => String(t['name'])).join(', ')
      await sql.begin(async (tx) => {
        await tx`alter table events disable trigger events_append_only`
        await tx.unsafe(`truncate ${names} restart identity cascade`)
        await tx`alter table events enable trigger events_append_only`
      })
    },
    close: () => database.close(),
  }
}

async function inMemory(): Promise<Database> {
  const folder = join(import.meta.dirname, '../../node_modules/.cache/catalyst')
  const path = join(folder, `embedded-${schemaId}.tar`)
  if (!existsSync(path)) {
    const fresh = await connectEmbedded('memory://')
    const archive = await fresh.dump()
    await fresh.close()
    await mkdir(folder, { recursive: true })
    const unfinished = `${path}.${process.pid}`
    await writeFile(unfinished, archive)
    await rename(unfinished, path)
  }
  return connectEmbedded('memory://', await readFile(path))
}

async function onServer(url: string): Promise<Database> {
  const template = `catalyst_template_${schemaId}`
  const own = `catalyst_test_${randomUUID().replaceAll('-', '')}`
  const at = (name: string): string => Object.assign(new URL(url), { pathname: `/${name}` }).href
  const admin = postgres(url, { max: 1, onnotice() {} })
  const turn = 'catalyst test template'
  await admin`select pg_advisory_lock(hashtextextended(${turn}, 0))`
  const [known] = await admin`select 1 from pg_database where datname = ${template} and datistemplate`
  if (!known) {
    await admin.unsafe(`drop database if exists ${template}`)
    await admin.unsafe(`create database ${template}`)
    await (await openDatabase({ url: at(template), dataDir: '', log: silentLog })).close()
    await admin.unsafe(`alter database ${template} is_template true`)
  }
  await admin.unsafe(`create database ${own} template ${template}`)
  await admin`select pg_advisory_unlock(hashtextextended(${turn}, 0))`
  const database = await openDatabase({ url: at(own), dataDir: '', log: silentLog })
  return {
    ...database,
    async close() {
      await database.close()
      await admin.unsafe(`drop database ${own} with (force)`)
      await admin.end()
    },
  }
}
