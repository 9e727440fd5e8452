import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { eventually } from '../support/bot.ts'
import { type TestDatabase, testDatabase } from '../support/database.ts'
import { openDesk } from '../support/desk.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await testDatabase()
})
afterAll(() => database.close())
beforeEach(() => database.reset())

it('given a chat that takes nothing, then the card waits, and arrives once, as it is by then', async () => {
  let failing = true
  const desk = await openDesk(database, { chatFails: () => failing })
  await desk.alert()
  expect(desk.cards).toEqual([])
  expect(desk.logged.some(({ message }) => message.includes('could not be delivered yet'))).toBe(true)
  const { id } = await desk.proposal()
  await desk.app.decline(id, 'too late', desk.by())
  failing = false
  const card = await eventually('the card', async () => {
    desk.app.deliver()
    await desk.app.settled()
    return desk.cards.at(-1)
  })
  expect(card.lines[0]).toContain('Declined by console:local')
  desk.app.deliver()
  await desk.app.settled()
  expect(desk.cards).toHaveLength(1)
  await desk.stop()
})
