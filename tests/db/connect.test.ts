import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openDatabase } from '../../db/connect.ts'
import { createMaintenance } from '../../db/maintenance.ts'
import { migrate } from '../../db/migrate.ts'
import { silentLog, type TestDatabase, testDatabase } from '../support/database.ts'

let db: TestDatabase
beforeAll(async () => {
  db = await testDatabase()
})
afterAll(() => db.close())

const open = (url: string) => openDatabase({ url, dataDir: '', log: silentLog })
const server = process.env['TEST_DATABASE_URL']

describe('opening a database', () => {
  it('says that nothing listens there, and keeps the password to itself', async () => {
    const refusal = open('postgres://me:hunter2@127.0.0.1:1/books')
    await expect(refusal).rejects.toThrow('Cannot use the database at 127.0.0.1:1/books: nothing listens there')
    await expect(refusal).rejects.not.toThrow('hunter2')
  })

  it('says that an address is none, without repeating it', async () => {
    await expect(open('hunter2@nowhere')).rejects.toThrow('DATABASE_URL is not an address like postgres://user:password@host:5432/database')
  })

  it.runIf(server)('says that the server has no such database', async () => {
    const url = Object.assign(new URL(server ?? ''), { pathname: '/catalyst_nowhere' })
    await expect(open(url.href)).rejects.toThrow('the server has no such database')
  })

  it('applies every migration once and knows a schema that is newer', async () => {
    const maintenance = createMaintenance(db.database)
    const status = await maintenance.migrationStatus()
    expect(status).toMatchObject({ pending: [], unknown: [] })
    expect(status.applied.length).toBeGreaterThan(1)
    const { sql, kind } = db.database
    await sql`insert into drizzle.__drizzle_migrations (hash, created_at) values ('from the future', 99999999999999)`
    const refusal = migrate(sql, 'The database', kind === 'postgres')
    await expect(refusal).rejects.toThrow(
      'The database was written by a newer version of Catalyst (1 unknown migration). Nothing was changed.',
    )
    expect((await maintenance.migrationStatus()).unknown).toEqual(['from the future'])
    await sql`delete from drizzle.__drizzle_migrations where hash = 'from the future'`
  })
})
