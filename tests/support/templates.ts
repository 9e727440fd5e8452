import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import postgres from 'postgres'
import { connectEmbedded, openDatabase } from '../../db/connect.ts'
import { knownMigrations } from '../../db/migrate.ts'
import './keep-compiled.ts'

/** Databases with the schema in place and nothing in them: copying one takes a fraction of creating one. Made once per schema. */
const schemaId = createHash('sha256').update(knownMigrations().join()).digest('hex').slice(0, 16)
const cache = join(import.meta.dirname, '../../node_modules/.cache/catalyst')
const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined }

/** A data folder, for `DATA_DIR`. */
export async function dataFolderTemplate(): Promise<string> {
  const template = join(cache, `data-${schemaId}`)
  if (existsSync(template)) return template
  await mkdir(cache, { recursive: true })
  const unfinished = await mkdtemp(join(cache, 'data-unfinished-'))
  await (await openDatabase({ url: null, dataDir: unfinished, log: quiet })).close()
  // Another worker may have been quicker: theirs is as good.
  await rename(unfinished, template).catch(() => rm(unfinished, { recursive: true, force: true }))
  return template
}

/** An archive to start a database in memory from. */
export async function archiveTemplate(): Promise<Buffer> {
  const path = join(cache, `embedded-${schemaId}.tar`)
  if (!existsSync(path)) {
    const fresh = await connectEmbedded('memory://')
    const archive = await fresh.dump()
    await fresh.close()
    await mkdir(cache, { recursive: true })
    const unfinished = `${path}.${process.pid}`
    await writeFile(unfinished, archive)
    await rename(unfinished, path)
  }
  return readFile(path)
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
