import { type Database, openDatabase } from '../db/connect.ts'
import { createEventStore } from '../db/event-store.ts'
import { createKeyValueStore } from '../db/key-value.ts'
import { type Leadership, tryLead } from '../db/leader.ts'
import { createOutbox } from '../db/outbox.ts'
import { createReadModel } from '../db/read-model.ts'
import type { BotOptions, Cleanups } from './compose.ts'
import type { EventStore } from './ports/event-store.ts'
import type { KeyValueStore } from './ports/key-value.ts'
import type { Outbox } from './ports/outbox.ts'
import type { ReadModel } from './ports/read-model.ts'

/** Everything that lasts: the database and what is kept in it. */
export interface Books {
  readonly database: Database
  readonly store: EventStore
  readonly read: ReadModel
  readonly keyValue: KeyValueStore
  readonly outbox: Outbox
  /** Resolves when it can no longer lead: the process should end and start again. */
  readonly lost: Promise<string>
}

/** @param chats names of the chats that messages go to, asked at each commit. */
export async function openBooks(options: BotOptions, chats: () => readonly string[], cleanups: Cleanups): Promise<Books> {
  const { environment, start, log, onProgress = () => undefined } = options
  const dataDir = start.dataDir ?? environment.dataDir
  const database = await openDatabase({ url: environment.databaseUrl, dataDir, log, onProgress })
  cleanups.push(() => database.close())
  const leadership = options.lead === false ? null : await untilLeader(database, options)
  if (leadership) cleanups.push(() => leadership.resign())
  const store = createEventStore(database, { chats, log })
  const read = createReadModel(database.drizzle, database.sql)
  return {
    database,
    store: options.wrap?.store?.(store) ?? store,
    read: options.wrap?.read?.(read) ?? read,
    keyValue: createKeyValueStore(database),
    outbox: createOutbox(database),
    lost: lossOf(leadership),
  }
}

const lossOf = (leadership: Leadership | null): Promise<string> =>
  new Promise((resolve) => leadership?.onLost(() => resolve('another process may lead now: the connection to the database broke')))

const standbyPollMs = 1_000

/** One process trades; others on the same database wait here and take over when it is gone. */
async function untilLeader(database: Database, { log, onProgress }: BotOptions): Promise<Leadership> {
  for (let waiting = false; ; waiting = true) {
    const leadership = await tryLead(database)
    if (leadership) return leadership
    if (!waiting) {
      log.info({}, 'another process leads on this database; this one stands by and takes over when it is gone')
      onProgress?.('Standing by: another process leads on this database')
    }
    await new Promise((done) => setTimeout(done, standbyPollMs))
  }
}
