import { openDatabase } from '../db/connect.ts'
import { createMaintenance } from '../db/maintenance.ts'
import { migrate } from '../db/migrate.ts'
import { createReadModel } from '../db/read-model.ts'
import type { StoreTools } from './app/cli.ts'
import type { Environment } from './config/environment.ts'

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

/** What goes wrong comes out as the command's own error. */
const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined }
