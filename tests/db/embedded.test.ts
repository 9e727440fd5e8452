import { randomBytes } from 'node:crypto'
import { afterAll, describe, expect, it } from 'vitest'
import { startEmbedded } from '../../db/embedded.ts'
import { type TestDatabase, testDatabase } from '../support/database.ts'

const opened: TestDatabase[] = []
const open = async () => {
  const db = await testDatabase()
  opened.push(db)
  return db.database
}
afterAll(async () => {
  for (const db of opened) await db.close()
})

describe('the embedded server', () => {
  it('answers queries that were sent together in their order, large ones too', async () => {
    const { sql } = await open()
    const large = randomBytes(2_000_000).toString('hex')
    const answers = await Promise.all([
      sql`select 1 as v`,
      sql`select ${large}::text as v`,
      sql`select 3 as v`,
      ...[4, 5, 6].map((n) => sql`select ${n}::int as v`),
    ])
    expect(answers.map((rows) => rows[0]?.['v'])).toEqual([1, large, 3, 4, 5, 6])
  })

  it('goes on after a statement that fails', async () => {
    const { sql } = await open()
    await expect(sql`select * from nowhere`).rejects.toThrow('relation "nowhere" does not exist')
    expect(await sql`select 1 as one`).toMatchObject([{ one: 1 }])
  })

  it('says that it cannot start in a place that is no folder', async () => {
    await expect(startEmbedded('/dev/null/books')).rejects.toThrow()
  })

  it('gives no socket once it is closed, and closing twice is fine', async () => {
    const embedded = await startEmbedded('memory://')
    await embedded.close()
    await embedded.close()
    expect(() => embedded.socket()).toThrow('the embedded database has stopped')
  })
})
