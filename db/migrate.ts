import { fileURLToPath } from 'node:url'
import { readMigrationFiles } from 'drizzle-orm/migrator'
import { drizzle } from 'drizzle-orm/postgres-js'
import { migrate as runMigrations } from 'drizzle-orm/postgres-js/migrator'
import type postgres from 'postgres'
import type { Sql } from './sql.ts'

const migrationsFolder = fileURLToPath(new URL('./migrations', import.meta.url))

/** The hashes of the migrations that this version of the program brings along, oldest first. */
export const knownMigrations = (): readonly string[] => readMigrationFiles({ migrationsFolder }).map((m) => m.hash)

export interface MigrationStatus {
  readonly applied: readonly string[]
  readonly pending: readonly string[]
  /** Applied by another version of the program, most likely a newer one. */
  readonly unknown: readonly string[]
}

/** The database was written by a version of the program that knows more than this one. */
export class NewerSchemaError extends Error {
  override readonly name = 'NewerSchemaError'
  constructor(where: string, unknown: number) {
    super(
      `${where} was written by a newer version of Catalyst (${unknown} unknown migration${unknown === 1 ? '' : 's'}). ` +
        'Nothing was changed. Start the newer version again, or restore a backup made with this one.',
    )
  }
}

export function compareMigrations(applied: readonly string[]): MigrationStatus {
  const known = knownMigrations()
  return {
    applied: applied.filter((hash) => known.includes(hash)),
    pending: known.filter((hash) => !applied.includes(hash)),
    unknown: applied.filter((hash) => !known.includes(hash)),
  }
}

/** Changes nothing. */
export async function migrationStatus(sql: Sql): Promise<MigrationStatus> {
  const [table] = await sql`select to_regclass('drizzle.__drizzle_migrations') is not null as exists`
  if (!table?.['exists']) return compareMigrations([])
  const rows = await sql`select hash from drizzle.__drizzle_migrations order by id`
  return compareMigrations(rows.map((row) => String(row['hash'])))
}

/**
 * Brings the schema up to date; when several processes start at once, one does it and the others wait.
 * @throws NewerSchemaError, leaving the database as it is.
 */
export async function migrate(sql: postgres.Sql, where: string, shared: boolean): Promise<void> {
  const status = await migrationStatus(sql)
  if (status.unknown.length > 0) throw new NewerSchemaError(where, status.unknown.length)
  if (status.pending.length === 0) return
  if (!shared) return runMigrations(drizzle(sql), { migrationsFolder })
  const turn = await sql.reserve()
  try {
    await turn`select pg_advisory_lock(hashtextextended('catalyst migrations', 0))`
    await runMigrations(drizzle(sql), { migrationsFolder })
    await turn`select pg_advisory_unlock(hashtextextended('catalyst migrations', 0))`
  } finally {
    turn.release()
  }
}
