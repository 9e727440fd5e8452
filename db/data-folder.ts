import { existsSync } from 'node:fs'
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { lockFolder } from './folder-lock.ts'
import { compareMigrations, knownMigrations, NewerSchemaError } from './migrate.ts'

export interface DataFolder {
  /** Where the database itself is. */
  readonly path: string
  readonly isNew: boolean
  /** To be called once the database is open and up to date. */
  ready(): Promise<void>
  release(): Promise<void>
  /** The error for a database that does not open. */
  unusable(cause: unknown): Error
}

/**
 * `DATA_DIR`: the database in `database/`, and beside it what has to be known before it is opened.
 * Opening alone already writes to a Postgres folder, so everything that can be refused is refused here.
 * @throws Error when another process has it, when it is damaged, or when a newer version wrote it.
 */
export async function openDataFolder(dataDir: string, log: { warn(facts: object, message: string): void }): Promise<DataFolder> {
  const lock = await takeFolder(dataDir)
  const path = join(dataDir, 'database')
  const creating = join(dataDir, 'database.creating')
  const marker = join(dataDir, 'database.json')

  const unusable = (cause: unknown) => {
    const why = cause instanceof Error ? cause.message : String(cause)
    return new Error(
      `The database in ${path} is damaged (${why}). Nothing in it was repaired or deleted. ` +
        'Restore the last backup with `npx catalyst restore`, or move the folder away to begin anew.',
      { cause },
    )
  }

  try {
    if (existsSync(creating)) {
      log.warn({ path }, 'the first start was interrupted while it created the database: creating it again')
      await rm(path, { recursive: true, force: true })
    }
    const isNew = !existsSync(path)
    if (isNew) await writeFile(creating, '')
    else await checkFolder(path, marker, unusable)
    return {
      path,
      isNew,
      unusable,
      release: lock.release,
      async ready() {
        await writeFile(marker, `${JSON.stringify({ migrations: knownMigrations() })}\n`)
        await rm(creating, { force: true })
      },
    }
  } catch (error) {
    await lock.release()
    throw error
  }
}

/** @throws Error saying what to do when the folder cannot be made or written, or when another process has it. */
async function takeFolder(dataDir: string): ReturnType<typeof lockFolder> {
  try {
    await mkdir(dataDir, { recursive: true })
    return await lockFolder(dataDir)
  } catch (error) {
    if (!(error instanceof Error && 'syscall' in error)) throw error
    throw new Error(
      `The data folder ${dataDir} cannot be used (${error.message}): let this user write there, or set DATA_DIR to another folder`,
      {
        cause: error,
      },
    )
  }
}

async function checkFolder(path: string, marker: string, unusable: (cause: unknown) => Error): Promise<void> {
  const applied = existsSync(marker) ? appliedMigrations(await readFile(marker, 'utf8')) : []
  const { unknown } = compareMigrations(applied)
  if (unknown.length > 0) throw new NewerSchemaError(`The database in ${path}`, unknown.length)
  for (const file of ['PG_VERSION', 'postgresql.conf', 'global/pg_control', 'pg_wal'])
    if (!existsSync(join(path, file))) throw unusable(new Error(`${file} is missing`))
  const control = await readFile(join(path, 'global/pg_control'))
  if (control.length !== 8192) throw unusable(new Error(`global/pg_control has ${control.length} bytes instead of 8192`))
}

/** A marker that cannot be read says nothing: the database itself is asked once it is open. */
function appliedMigrations(json: string): readonly string[] {
  try {
    const { migrations } = JSON.parse(json) as { migrations?: unknown }
    return Array.isArray(migrations) ? migrations.map(String) : []
  } catch (error) {
    if (error instanceof SyntaxError) return []
    throw error
  }
}
