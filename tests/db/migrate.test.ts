import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { drizzle } from 'drizzle-orm/postgres-js'
import { migrate as runMigrations } from 'drizzle-orm/postgres-js/migrator'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { wrongGroupResults } from '../../db/maintenance/group-results.ts'
import { migrate } from '../../db/migrate.ts'
import { text } from '../../src/domain/decimal.ts'
import { type TestDatabase, testDatabase } from '../support/database.ts'

let db: TestDatabase
beforeAll(async () => {
  db = await testDatabase()
})
afterAll(() => db.close())

/** The empty database of an older version of the program: only its first migrations. */
async function givenSchema(migrations: number): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'catalyst-migrations-'))
  await cp(join(import.meta.dirname, '../../db/migrations'), folder, { recursive: true })
  const path = join(folder, 'meta/_journal.json')
  const journal = JSON.parse(await readFile(path, 'utf8'))
  await writeFile(path, JSON.stringify({ ...journal, entries: journal.entries.slice(0, migrations) }))
  const { sql } = db.database
  await sql.unsafe('drop schema public cascade; drop schema drizzle cascade; create schema public')
  await runMigrations(drizzle(sql), { migrationsFolder: folder })
  await rm(folder, { recursive: true })
}

it('trades that were closed before there were results by group are counted in them', async () => {
  await givenSchema(2)
  const { sql, kind } = db.database
  await sql.unsafe(`insert into closed_positions (position_id, stream_version, symbol, side, quantity, entry_price, exit_price, realized_pnl,
      fees, mae, mfe, exit_reason, category, opened_at, closed_at, date)
    select id, 2, symbol, 'long', 1, 1, 1, pnl, 0.7, 0, 0, 'manual', category, date, date, date
    from (values ('a', 'ACME', 'merger', 10.5, date '2012-12-31'), ('b', 'ACME', null, 0.7, date '2013-01-01'),
      ('c', 'BETA', 'merger', -3.25, date '2013-01-31'), ('d', 'ACME', 'contract', 5, date '2013-02-01')) t (id, symbol, category, pnl, date)`)

  await migrate(sql, 'The database', kind === 'postgres')

  const since = async (group: 'symbol' | 'category', date: string) =>
    (await db.read.resultsBy(group, date)).map((g) => [g.name, text(g.realizedPnl), text(g.fees), g.trades, g.wins])
  expect(await since('symbol', '1970-01-01')).toEqual([
    ['ACME', '16.2', '2.1', 3, 2],
    ['BETA', '-3.25', '0.7', 1, 0],
  ])
  expect(await since('category', '2013-01-01')).toEqual([
    ['contract', '5', '0.7', 1, 1],
    ['none', '0.7', '0.7', 1, 0],
    ['merger', '-3.25', '0.7', 1, 0],
  ])
  expect(await since('symbol', '2013-01-31')).toEqual([
    ['ACME', '5', '0.7', 1, 1],
    ['BETA', '-3.25', '0.7', 1, 0],
  ])
  expect(await wrongGroupResults(sql)).toEqual([])
})
