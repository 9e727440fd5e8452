import { type Database, openDatabase } from '../db/connect.ts'
import { createEventStore } from '../db/event-store.ts'
import { createKeyValueStore } from '../db/key-value.ts'
import { type Leadership, tryLead } from '../db/leader.ts'
import { createOutbox } from '../db/outbox.ts'
import { createReadModel } from '../db/read-model.ts'
import type { BotOptions, Cleanups } from './compose.ts'
import { ConfigurationError } from './config/problems.ts'
import { otherMode } from './domain/books.ts'
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
  const read = createReadModel(database.drizzle, database.sql)
  await refuseOtherMode(read, options)
  const leadership = options.lead === false ? null : await untilLeader(database, options)
  if (leadership) cleanups.push(() => leadership.resign())
  const store = createEventStore(database, { chats, log })
  return {
    database,
    store: options.wrap?.store?.(store) ?? store,
    read: options.wrap?.read?.(read) ?? read,
    keyValue: createKeyValueStore(database),
    outbox: createOutbox(database),
    lost: lossOf(leadership),
  }
}

/** Simulated, paper and real trades never share books: figures of one would speak for the other. */
async function refuseOtherMode(read: ReadModel, { environment }: BotOptions): Promise<void> {
  const [state, sequence] = await Promise.all([read.books(), read.lastSequence()])
  const problem = otherMode(state, environment.mode, sequence > 0)
  if (problem === null) return
  const advice =
    environment.databaseUrl === null
      ? `set DATA_DIR to another folder, such as ./data-${environment.mode}`
      : 'name another database in DATABASE_URL'
  throw new ConfigurationError([`${problem}: ${advice}`])
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
