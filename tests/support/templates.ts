import { createHash } from 'node:crypto'
import { cp, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import postgres from 'postgres'
import { connectEmbedded, openDatabase } from '../../db/connect.ts'
import { knownMigrations } from '../../db/migrate.ts'
import { keepPostgresCompiled } from './keep-compiled.ts'
import { madeOnce } from './made-once.ts'

/** Databases with the schema in place and nothing in them: copying one takes a fraction of creating one. Made once per schema. */
const schemaId = createHash('sha256').update(knownMigrations().join()).digest('hex').slice(0, 16)
if (!process.env['TEST_DATABASE_URL']) await keepPostgresCompiled()

const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined }

/** A data folder, for `DATA_DIR`. */
export const dataFolderTemplate = (): Promise<string> =>
  madeOnce(`data-${schemaId}`, async (unfinished) => {
    await (await openDatabase({ url: null, dataDir: unfinished, log: quiet })).close()
  })

/** An archive to start a database in memory from. */
export async function archiveTemplate(): Promise<Buffer> {
  const folder = await madeOnce(`archive-${schemaId}`, async (unfinished) => {
    const own = join(unfinished, 'database')
    await cp(join(await dataFolderTemplate(), 'database'), own, { recursive: true })
    const opened = await connectEmbedded(own, null, false)
    await writeFile(join(unfinished, 'template.tar'), await opened.dump())
    await opened.close()
    await rm(own, { recursive: true })
  })
  return readFile(join(folder, 'template.tar'))
}

/**
 * Makes a database on a server.
 * @param template what it begins with; null: the schema and nothing in it.
 */
export async function createOnServer(url: string, name: string, template: string | null = null): Promise<void> {
  const admin = postgres(url, { max: 1, onnotice: () => undefined })
  try {
    if (template !== null) await admin.unsafe(`create database ${name} template ${template}`)
    else await fromSchemaTemplate(admin, url, name)
  } finally {
    await admin.end()
  }
}

async function fromSchemaTemplate(admin: postgres.Sql, url: string, name: string): Promise<void> {
  const template = `catalyst_template_${schemaId}`
  const turn = 'catalyst test template'
  await admin`select pg_advisory_lock(hashtextextended(${turn}, 0))`
  const [known] = await admin`select 1 from pg_database where datname = ${template} and datistemplate`
  if (!known) {
    const at = Object.assign(new URL(url), { pathname: `/${template}` }).href
    await admin.unsafe(`drop database if exists ${template}`)
    await admin.unsafe(`create database ${template}`)
    await (await openDatabase({ url: at, dataDir: '', log: quiet })).close()
    await admin.unsafe(`alter database ${template} is_template true`)
  }
  await admin.unsafe(`create database ${name} template ${template}`)
  await admin`select pg_advisory_unlock(hashtextextended(${turn}, 0))`
}

export async function dropOnServer(url: string, name: string): Promise<void> {
  const admin = postgres(url, { max: 1, onnotice: () => undefined })
  await admin.unsafe(`drop database if exists ${name} with (force)`)
  await admin.end()
}
