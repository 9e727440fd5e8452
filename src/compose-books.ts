import { type Database, openDatabase } from '../db/connect.ts'
import { createEventStore } from '../db/event-store.ts'
import { createKeyValueStore } from '../db/key-value.ts'
import { createOutbox } from '../db/outbox.ts'
import { createReadModel } from '../db/read-model.ts'
import { type Reign, soleReign } from '../db/reign.ts'
import type { BotOptions, Cleanups } from './compose.ts'
import { timersOf, untilLeading } from './compose-standby.ts'
import { ConfigurationError } from './config/problems.ts'
import type { Settings } from './config/settings.ts'
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
  readonly lead: Reign
  /** Whether another process led when this one started. */
  readonly stoodBy: boolean
}

export interface BooksOptions {
  readonly options: BotOptions
  readonly settings: Settings
  /** Names of the chats that messages go to, asked at each commit. */
  readonly chats: () => readonly string[]
  readonly cleanups: Cleanups
}

/** Opens the database and waits until this process leads on it: nothing is read for trading, and nothing written, before. */
export async function openBooks({ options, settings, chats, cleanups }: BooksOptions): Promise<Books> {
  const { environment, start, log, onProgress = () => undefined } = options
  const dataDir = start.dataDir ?? environment.dataDir
  const database = await openDatabase({ url: environment.databaseUrl, dataDir, log, onProgress })
  cleanups.push(() => database.close())
  const read = createReadModel(database.drizzle, database.sql)
  await refuseOtherMode(read, options)
  const timers = timersOf(settings)
  const { reign, stoodBy } =
    options.lead === false ? { reign: soleReign(timers.sendWithinMs), stoodBy: false } : await untilLeading(database, timers, options)
  cleanups.push(() => reign.resign())
  const { fence } = reign
  const store = createEventStore(database, { chats, log, fence })
  return {
    database,
    store: options.wrap?.store?.(store) ?? store,
    read: options.wrap?.read?.(read) ?? read,
    keyValue: createKeyValueStore(database, fence),
    outbox: createOutbox(database),
    lead: reign,
    stoodBy,
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
