import { openDatabase } from '../db/connect.ts'
import { createEventStore } from '../db/event-store.ts'
import { createMaintenance } from '../db/maintenance.ts'
import { migrate } from '../db/migrate.ts'
import { createReadModel } from '../db/read-model.ts'
import { amendBooks } from './app/books.ts'
import type { StoreTools } from './app/cli.ts'
import { occasion } from './app/context.ts'
import type { Environment } from './config/environment.ts'
import { revokeLive as decideRevoke } from './domain/books.ts'

/** The database for the command line's tools, as it is: only `migrations.apply` brings its schema up to date. */
export async function openStore(environment: Environment): Promise<StoreTools> {
  const database = await openDatabase({
    url: environment.databaseUrl,
    dataDir: environment.dataDir,
    log: quiet,
    migrate: false,
  })
  const maintenance = createMaintenance(database)
  return {
    maintenance,
    read: createReadModel(database.drizzle, database.sql),
    migrations: {
      status: () => maintenance.migrationStatus(),
      async apply() {
        const { pending } = await maintenance.migrationStatus()
        await migrate(database.sql, 'The database', database.kind === 'postgres')
        return pending
      },
    },
    close: () => database.close(),
  }
}

/** Takes back that somebody typed the phrase. A running bot goes on until it is stopped. @returns whether there was anything to take back. */
export async function revokeLive(environment: Environment): Promise<boolean> {
  const database = await openDatabase({ url: environment.databaseUrl, dataDir: environment.dataDir, log: quiet, migrate: false })
  try {
    const store = createEventStore(database, { chats: () => [], log: quiet })
    const meta = occasion({ clock: { now: Date.now, speed: 1 } }, 'terminal:owner')
    return (await amendBooks({ store }, meta, (state) => decideRevoke(state, meta.actor, meta.occurredAt))).ok
  } finally {
    await database.close()
  }
}

/** What goes wrong comes out as the command's own error. */
const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined }
