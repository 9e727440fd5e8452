import type { ChildProcess } from 'node:child_process'
import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type postgres from 'postgres'

/** Part of every secret that tests give to a bot, whatever is done to its case. Nothing that a bot says or stores may contain it. */
const mark = /s3cr3t/i
const bytes = ['s3cr3t', 'S3CR3T'].map((word) => Buffer.from(word))
const around = 80

const leaks: string[] = []

/** Notes a secret in what a bot said; the test file fails when it ends. */
export function spot(where: string, words: string): void {
  const at = words.search(mark)
  if (at >= 0) leaks.push(`${where}: …${words.slice(Math.max(0, at - around), at + around)}…`)
}
/** What was spotted so far, which is then forgotten. */
export const takeLeaks = (): readonly string[] => leaks.splice(0)

/** A line of a log with everything that an error in it would show. */
export function spotInLog(message: string, facts: object): void {
  const words = JSON.stringify([message, facts], (_, value: unknown) =>
    value instanceof Error ? [value.message, value.stack, value.cause, { ...value }] : typeof value === 'bigint' ? String(value) : value,
  )
  spot(`log "${message}"`, words)
}

/** Everything that a child process writes. */
export function watchOutput<Child extends ChildProcess>(child: Child): Child {
  for (const [name, stream] of [['stdout', child.stdout] as const, ['stderr', child.stderr] as const]) {
    let before = ''
    stream?.on('data', (chunk: Buffer | string) => {
      const words = before + String(chunk)
      spot(name, words)
      before = mark.test(words) ? '' : words.slice(-around)
    })
  }
  return child
}

/** Where a bot writes down what it did and was told. */
const tables = ['events', 'outbox', 'inbox', 'messages', 'key_value', 'alerts']

/** @param sql an open connection to the bot's database */
export async function spotInTables(sql: postgres.Sql | postgres.TransactionSql): Promise<void> {
  const there = await sql`select tablename as name from pg_tables where schemaname = 'public' and tablename in ${sql(tables)}`
  if (there.length === 0) return
  const looks = there.map(
    ({ name }) => `(select '${name}' as name, t::text as words from "${name}" t where t::text ilike '%s3cr3t%' limit 3)`,
  )
  for (const { name, words } of await sql.unsafe(looks.join(' union all '))) spot(`table ${name}`, String(words))
}

/** The files of a database whose bot has stopped: what was written since, also what was deleted again. */
export async function spotInFiles(folder: string, since: number): Promise<void> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => [])
  for (const entry of entries) {
    if (!entry.isFile()) continue
    const path = join(entry.parentPath, entry.name)
    if ((await stat(path)).mtimeMs < since) continue
    const content = await readFile(path)
    for (const word of bytes) {
      const at = content.indexOf(word)
      if (at >= 0) spot(`file ${path.slice(folder.length)}`, content.subarray(Math.max(0, at - around), at + around).toString('latin1'))
    }
  }
}
