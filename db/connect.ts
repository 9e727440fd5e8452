import { randomBytes } from 'node:crypto'
import type { Duplex } from 'node:stream'
import postgres from 'postgres'
import { openDataFolder } from './data-folder.ts'
import { startEmbedded } from './embedded.ts'
import { migrate, migrationStatus, NewerSchemaError } from './migrate.ts'
import { connectionOptions, type Queries, queries } from './sql.ts'

export interface Database {
  readonly sql: postgres.Sql
  /** The query builder on the same connections. */
  readonly drizzle: Queries
  readonly kind: 'embedded' | 'postgres'
  /** A connection apart from the pool; null on the embedded database, which has only one. */
  readonly dedicated: ((onclose: () => void) => postgres.Sql) | null
  /** The name that all connections of this process carry on the server, and no other's do. */
  readonly session: string
  close(): Promise<void>
}

/** Where the database layer tells what happens. */
export interface DatabaseLog {
  warn(facts: object, message: string): void
  error(facts: object, message: string): void
}

export interface DatabaseOptions {
  /** `DATABASE_URL`; null opens the embedded database in `dataDir`. */
  readonly url: string | null
  readonly dataDir: string
  readonly log: Pick<DatabaseLog, 'warn'>
  /** Told when something takes long enough for a person to wonder. */
  readonly onProgress?: (message: string) => void
  /** False: leaves the schema as it is, for tools that only look. */
  readonly migrate?: boolean
}

/** Opens the database and brings its schema up to date. @throws Error saying what to do; it never holds a password. */
export const openDatabase = (options: DatabaseOptions): Promise<Database> =>
  options.url === null ? openEmbedded(options) : openPostgres(options.url, options.migrate ?? true)

async function openEmbedded({ dataDir, log, onProgress, migrate: upToDate = true }: DatabaseOptions): Promise<Database> {
  const folder = await openDataFolder(dataDir, log)
  try {
    if (folder.isNew) onProgress?.('Creating the database…')
    const database = await connectEmbedded(folder.path, null, upToDate).catch((error: unknown) => {
      throw error instanceof NewerSchemaError ? error : folder.unusable(error)
    })
    if (upToDate) await folder.ready()
    // A server looks at its tables by itself now and then; here nobody does, and without figures it reads whole tables.
    if (upToDate && !folder.isNew) await database.sql`analyze`
    return {
      ...database,
      async close() {
        await database.close()
        await folder.release()
      },
    }
  } catch (error) {
    await folder.release()
    throw error
  }
}

/** @param path a folder, or `memory://`. */
export async function connectEmbedded(
  path: string,
  template: Uint8Array | null = null,
  upToDate = true,
): Promise<Database & { dump(): Promise<Uint8Array> }> {
  const embedded = await startEmbedded(path, template)
  const socket: { socket: () => Duplex } = { socket: () => embedded.socket() }
  const sql = postgres({
    ...connectionOptions,
    ...socket,
    max: 1,
    max_lifetime: null,
    idle_timeout: 0,
    user: 'postgres',
    database: 'postgres',
  })
  const close = async () => {
    await sql.end({ timeout: 5 })
    await embedded.close()
  }
  try {
    await checkOrMigrate(sql, `The database in ${path}`, false, upToDate)
  } catch (error) {
    await close()
    throw error
  }
  return { sql, drizzle: queries(sql), kind: 'embedded', dedicated: null, session: 'catalyst', close, dump: () => embedded.dump() }
}

/** A tool that only looks must still not look at what it does not know. */
async function checkOrMigrate(sql: postgres.Sql, where: string, shared: boolean, upToDate: boolean): Promise<void> {
  if (upToDate) return migrate(sql, where, shared)
  const { unknown } = await migrationStatus(sql)
  if (unknown.length > 0) throw new NewerSchemaError(where, unknown.length)
}

async function openPostgres(url: string, upToDate: boolean): Promise<Database> {
  const session = `catalyst ${randomBytes(6).toString('hex')}`
  const { sql, where } = connectPostgres(url, session)
  try {
    await sql`select 1`
    await checkOrMigrate(sql, `The database at ${where}`, true, upToDate)
  } catch (error) {
    await sql.end({ timeout: 1 })
    throw error instanceof NewerSchemaError ? error : explain(error, where)
  }
  const dedicated = (onclose: () => void) => connectPostgres(url, session, { max: 1, max_lifetime: null, idle_timeout: 0, onclose }).sql
  return { sql, drizzle: queries(sql), kind: 'postgres', dedicated, session, close: () => sql.end({ timeout: 5 }) }
}

/** @throws Error when the address cannot be read, without repeating it: it may hold a password. */
function connectPostgres(
  url: string,
  session: string,
  options: postgres.Options<Record<string, never>> = {},
): { sql: postgres.Sql; where: string } {
  if (!URL.canParse(url)) throw new Error('DATABASE_URL is not an address like postgres://user:password@host:5432/database')
  const { hostname, port, pathname } = new URL(url)
  const where = `${hostname}:${port || '5432'}${pathname}`
  const connection = { ...connectionOptions.connection, application_name: session }
  return { sql: postgres(url, { ...connectionOptions, connection, max: 10, connect_timeout: 10, ...options }), where }
}

const advice: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there: start the server, or correct host and port in DATABASE_URL',
  ENOTFOUND: 'the host name is unknown: correct it in DATABASE_URL',
  EAI_AGAIN: 'the host name could not be looked up: check the network and DATABASE_URL',
  CONNECT_TIMEOUT: 'it did not answer within 10 s: check network, firewall and DATABASE_URL',
  '28P01': 'the server refused the password: correct user and password in DATABASE_URL',
  '28000': 'the server refused this user: correct DATABASE_URL, or allow the user in pg_hba.conf',
  '3D000': 'the server has no such database: create it with createdb, or correct the name in DATABASE_URL',
  '42501': 'the user may not create tables: grant it CREATE on the database and its public schema',
  '53300': 'the server has no connections left: close some, or raise max_connections',
}

function explain(error: unknown, where: string): Error {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  const words = advice[code] ?? (error instanceof Error ? error.message : String(error))
  return new Error(`Cannot use the database at ${where}: ${words}`)
}
