import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest'
import { type TestDatabase, testDatabase } from './database.ts'
import { type Desk, type DeskOptions, openDesk } from './desk.ts'

/**
 * For a `describe` whose tests each open a desk: one database for all of them, emptied before each test.
 * What was opened is stopped after its test.
 */
export function deskPerTest(): (options?: DeskOptions) => Promise<Desk> {
  let database: TestDatabase
  let opened: Desk[] = []
  beforeAll(async () => {
    database = await testDatabase()
  })
  afterAll(() => database.close())
  beforeEach(() => database.reset())
  afterEach(async () => {
    const open = opened
    opened = []
    for (const desk of open) await desk.stop()
  })
  return async (options) => {
    const desk = await openDesk(database, options)
    opened.push(desk)
    return desk
  }
}
