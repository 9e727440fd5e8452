import { randomUUID } from 'node:crypto'
import type postgres from 'postgres'
import { connectEmbedded, type Database, openDatabase } from '../../db/connect.ts'
import { createEventStore } from '../../db/event-store.ts'
import { createKeyValueStore } from '../../db/key-value.ts'
import { createOutbox } from '../../db/outbox.ts'
import { createReadModel } from '../../db/read-model.ts'
import { createSecurityStore } from '../../db/security-store.ts'
import type { EventStore } from '../../src/ports/event-store.ts'
import type { KeyValueStore } from '../../src/ports/key-value.ts'
import type { Outbox } from '../../src/ports/outbox.ts'
import type { ReadModel, SecurityStore } from '../../src/ports/read-model.ts'
import { spotInTables } from './leaks.ts'
import { archiveTemplate, createOnServer, dropOnServer } from './templates.ts'

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

/**
 * One database per test file: in memory, or one of its own on the server that TEST_DATABASE_URL names.
 * Both start from a template with the schema in place.
 * @param chats the chats that messages are stored for.
 */
export async function testDatabase(chats: readonly string[] = ['console']): Promise<TestDatabase> {
  const server = process.env['TEST_DATABASE_URL']
  const database = server ? await onServer(server) : await connectEmbedded('memory://', await archiveTemplate())
  const { sql } = database
  return {
    database,
    store: createEventStore(database, { chats: () => chats, log: silentLog }),
    read: createReadModel(database.drizzle, sql),
    outbox: createOutbox(database),
    keyValue: createKeyValueStore(database),
    securities: createSecurityStore(database),
    async reset() {
      await spotInTables(sql)
      await sql.begin(async (tx) => {
        await tx`alter table events disable trigger events_append_only`
        await tx.unsafe(await emptying(tx))
        await tx`alter table events enable trigger events_append_only`
      })
    },
    async close() {
      await spotInTables(sql)
      await database.close()
    },
  }
}

/**
 * Deletes instead of truncating, which makes new files for every table and index: ten times the work when there is little to empty.
 * In one statement, because references between tables are looked at when it ends.
 */
async function emptying(sql: postgres.TransactionSql): Promise<string> {
  const tables = await sql`select quote_ident(tablename) as name from pg_tables where schemaname = 'public'`
  const counters = await sql`select quote_ident(sequencename) as name from pg_sequences where schemaname = 'public'`
  const deletes = tables.map(({ name }, i) => `table_${i} as (delete from ${name})`)
  return [`with ${deletes.join(', ')} select 1`, ...counters.map(({ name }) => `alter sequence ${name} restart`)].join(';')
}

async function onServer(url: string): Promise<Database> {
  const own = `catalyst_test_${randomUUID().replaceAll('-', '')}`
  await createOnServer(url, own)
  const database = await openDatabase({ url: Object.assign(new URL(url), { pathname: `/${own}` }).href, dataDir: '', log: silentLog })
  return {
    ...database,
    async close() {
      await database.close()
      await dropOnServer(url, own)
    },
  }
}
